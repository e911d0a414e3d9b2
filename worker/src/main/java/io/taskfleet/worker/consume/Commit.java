package io.taskfleet.worker.consume;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One commit: the lowest unfinished offset of each window in which it has risen. */
record Commit(Map<TopicPartition, OffsetAndMetadata> offsets, Map<TopicPartition, Window> windows) {
  private static final Logger log = LoggerFactory.getLogger(Commit.class);

  /** What is to be committed now. */
  static Commit due(Map<TopicPartition, Window> windows) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    Map<TopicPartition, Window> risen = new HashMap<>();
    windows.forEach(
        (partition, window) -> {
          OffsetAndMetadata offset = window.uncommitted();
          if (offset != null) {
            offsets.put(partition, offset);
            risen.put(partition, window);
            window.committed(offset.offset());
          }
        });
    return new Commit(offsets, risen);
  }

  boolean isEmpty() {
    return offsets.isEmpty();
  }

  /** Notes how it went; what failed is due again. */
  void ended(@Nullable Exception failure) {
    if (failure != null) {
      log.warn("offsets not committed, tried again with the next: {}", failure.toString());
      windows.values().forEach(window -> window.committed(null));
    }
  }
}
