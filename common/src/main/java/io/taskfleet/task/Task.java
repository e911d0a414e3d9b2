package io.taskfleet.task;

import io.taskfleet.handler.TaskType;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a caller submitted, as it travels on a topic.
 *
 * @param key the ordering key: tasks of one type and priority that share it start in order
 * @param payload UTF-8 JSON; whoever holds a task must not change the array
 * @param createdAt when the caller submitted it
 * @param traceparent W3C trace context of the submitting request
 * @param batchId the batch that counts this task when it ends
 * @param delivery how often the task has been put on a topic, from 1. A record whose delivery is
 *     not above the recorded one is a duplicate.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
public record Task(
    UUID id,
    String tenant,
    String type,
    Priority priority,
    String key,
    byte[] payload,
    Instant createdAt,
    Options options,
    @Nullable String traceparent,
    @Nullable UUID batchId,
    int delivery) {

  /** The tenant of a task that names none. */
  public static final String DEFAULT_TENANT = "default";

  /** A task on its first way to a topic. */
  public static Task submitted(
      UUID id,
      String tenant,
      TaskType<?> type,
      Submission submission,
      Instant createdAt,
      @Nullable String traceparent) {
    return submitted(id, tenant, type.name(), submission, createdAt, traceparent);
  }

  /** The same, of a type that is known by its name only. */
  public static Task submitted(
      UUID id,
      String tenant,
      String type,
      Submission submission,
      Instant createdAt,
      @Nullable String traceparent) {
    return new Task(
        id,
        tenant,
        type,
        submission.priority(),
        submission.key(),
        submission.payload(),
        createdAt,
        submission.options(),
        traceparent,
        null,
        1);
  }

  /** The same task, counted by this batch when it ends. */
  public Task inBatch(UUID batch) {
    return new Task(
        id, tenant, type, priority, key, payload, createdAt, options, traceparent, batch, delivery);
  }

  /** The same task behind all others, unless it is urgent. */
  public Task inBulk() {
    return priority == Priority.HIGH
        ? this
        : new Task(
            id,
            tenant,
            type,
            Priority.BULK,
            key,
            payload,
            createdAt,
            options,
            traceparent,
            batchId,
            delivery);
  }

  /** The same task, not started after this time if it names none itself. */
  public Task expiringAt(Instant end) {
    return options.expiresAt != null
        ? this
        : new Task(
            id,
            tenant,
            type,
            priority,
            key,
            payload,
            createdAt,
            new Options(
                options.maxAttempts,
                options.timeout,
                options.runAt,
                end,
                options.tags,
                options.callbackUrl),
            traceparent,
            batchId,
            delivery);
  }

  /** SHA-256 of the payload: what tells this task from another one that claims its id. */
  public byte[] payloadHash() {
    return Sha256.of(payload);
  }

  /** What the caller chooses: the payload (UTF-8 JSON), its key, its urgency and its options. */
  public record Submission(Priority priority, String key, byte[] payload, Options options) {}

  /**
   * The caller's wishes that differ from the type's policy; null means the policy's value.
   *
   * @param maxAttempts at most this many attempts, from 1
   * @param timeout at most this long for one attempt
   * @param runAt not before this time
   * @param expiresAt not started after this time
   * @param tags what the caller finds it by
   * @param callbackUrl whom to tell when it has ended
   */
  public record Options(
      @Nullable Integer maxAttempts,
      @Nullable Duration timeout,
      @Nullable Instant runAt,
      @Nullable Instant expiresAt,
      @Nullable Tags tags,
      @Nullable String callbackUrl) {

    /** Wishes without tags and callback. */
    public Options(
        @Nullable Integer maxAttempts,
        @Nullable Duration timeout,
        @Nullable Instant runAt,
        @Nullable Instant expiresAt) {
      this(maxAttempts, timeout, runAt, expiresAt, null, null);
    }

    /** Whether it would not start before this time anyway. */
    public boolean waitsFor(@Nullable Instant time) {
      return time != null && runAt != null && !runAt.isBefore(time);
    }

    /** No wish differs from the policy. */
    public static final Options NONE = new Options(null, null, null, null);
  }
}
