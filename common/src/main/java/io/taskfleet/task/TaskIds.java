package io.taskfleet.task;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where task ids come from: the time for a new task, the caller's idempotency key, or a record's
 * place on its topic (RFC 9562, versions 7 and 8). An id is a name, not a secret.
 */
public final class TaskIds {
  private static final int CANONICAL_LENGTH = 36;

  private TaskIds() {}

  /** A new id (UUIDv7): the time in milliseconds, then 74 random bits. */
  public static UUID next(Clock clock) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (clock.millis() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    return new UUID(high, variant(random.nextLong()));
  }

  /** When this id was made, if it says so: the others are the same whenever they are made. */
  public static Optional<Instant> timeOf(UUID id) {
    return id.version() == 7
        ? Optional.of(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
        : Optional.empty();
  }

  /**
   * The id that a tenant's idempotency key stands for: the same for ever, whoever has forgotten it.
   */
  public static UUID fromIdempotencyKey(String tenant, String key) {
    return hashed("key", tenant + '\n' + key);
  }

  /**
   * The id of a record that carries none.
   *
   * @param topicId Kafka's id of the topic, so that a recreated topic does not repeat ids
   */
  public static UUID fromRecord(String topicId, int partition, long offset) {
    return hashed("record", topicId + '\n' + partition + '\n' + offset);
  }

  /**
   * The id of a task that follows from another one.
   *
   * @param name tells it from others that follow from the same task
   */
  public static UUID fromParent(UUID parent, String name) {
    return hashed("parent", parent + "\n" + name);
  }

  /**
   * The id of the task that a schedule makes when it fires.
   *
   * @param schedule the schedule's own id; its name may have belonged to another one
   * @param firing when it should fire, not when it does
   */
  public static UUID fromSchedule(UUID schedule, Instant firing) {
    return hashed("schedule", schedule + "\n" + firing);
  }

  /** The id that this text spells in canonical form (36 characters, lower case), if it does. */
  public static Optional<UUID> parse(String text) {
    if (text.length() != CANONICAL_LENGTH) {
      return Optional.empty();
    }
    try {
      UUID id = UUID.fromString(text);
      return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private static UUID hashed(String namespace, String name) {
    ByteBuffer hash =
        ByteBuffer.wrap(
            Sha256.of(("taskfleet:" + namespace + '\n' + name).getBytes(StandardCharsets.UTF_8)));
    return new UUID((hash.getLong() & ~0xF000L) | 0x8000L, variant(hash.getLong()));
  }

  private static long variant(long low) {
    return (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
  }
}
