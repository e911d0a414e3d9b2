package io.taskfleet.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 12})
  void isReadBackByTheSameTenantOnly(int partitions) {
    Random random = new Random(partitions);
    long[] next = random.longs(partitions, 0, Long.MAX_VALUE).toArray();
    String text = new Position(random.nextLong(), new Offsets(next)).text("a");

    Offsets read = Position.parse(text, "a").orElseThrow().offsets();

    assertThat(read.size()).isEqualTo(partitions);
    for (int partition = 0; partition < partitions; partition++) {
      assertThat(read.next(partition)).isEqualTo(next[partition]);
    }
    assertThat(Position.parse(text, "b")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noTextWithAWrongLetterIsOne(int seed) {
    Random random = new Random(seed);
    String text = new Position(7, new Offsets(1, 2, 3)).text("a");
    for (int at = 0; at < text.length() - 1; at++) {
      char other = text.charAt(at) == 'A' ? 'B' : 'A';
      String wrong = text.substring(0, at) + other + text.substring(at + 1);
      assertThat(Position.parse(wrong, "a")).as("seed %d, %s", seed, wrong).isEmpty();
    }
    for (int i = 0; i < 100; i++) {
      byte[] garbage = new byte[random.nextInt(60)];
      random.nextBytes(garbage);
      String wrong = new String(garbage, StandardCharsets.ISO_8859_1);
      assertThat(Position.parse(wrong, "a")).as("seed %d", seed).isEmpty();
    }
  }
}
