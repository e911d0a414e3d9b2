package io.taskfleet.bench;

import io.taskfleet.wire.StrictJson;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import tools.jackson.databind.JsonNode;

/**
 * The answers to requests that were accepted, each with the id of a task or of many. Any number of
 * threads may add to them; they are read when the clock has stopped.
 */
final class Receipts {
  private final Queue<byte[]> answers = new ConcurrentLinkedQueue<>();

  void add(byte[] answer) {
    answers.add(answer);
  }

  /** The tasks that they name. */
  Set<UUID> tasks() {
    Set<UUID> tasks = new HashSet<>();
    for (byte[] answer : answers) {
      JsonNode read = StrictJson.mapper().readTree(answer);
      if (read.has("id")) {
        tasks.add(id(read));
      } else {
        read.path("accepted").forEach(each -> tasks.add(id(each)));
      }
    }
    return tasks;
  }

  private static UUID id(JsonNode task) {
    return UUID.fromString(task.path("id").asString());
  }

  /** Those of them that are not among these, however many these are. */
  Set<UUID> missingIn(Set<UUID> recorded) {
    Set<UUID> missing = tasks();
    missing.removeAll(recorded);
    return missing;
  }
}
