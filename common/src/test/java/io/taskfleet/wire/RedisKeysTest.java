package io.taskfleet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

final class RedisKeysTest {
  @Test
  void tellsTheTaskOfAStatusFromItsKey() {
    UUID id = UUID.randomUUID();

    assertThat(RedisKeys.taskOf(RedisKeys.task(id))).contains(id);
    assertThat(RedisKeys.taskOf(RedisKeys.worker(id.toString()))).isEmpty();
    assertThat(RedisKeys.taskOf("tf:task:1")).isEmpty();
  }
}
