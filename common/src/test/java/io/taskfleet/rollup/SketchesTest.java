package io.taskfleet.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is promised of the sketches, with room for the one case in a thousand. */
class SketchesTest {
  private static final double RANK_ERROR = 0.025;
  private static final double COUNT_ERROR = 0.08;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @ParameterizedTest
  @ValueSource(ints = {1_000, 20_000, 200_000})
  void aQuantileIsNearItsRankHoweverItWasPutTogether(int count) {
    double[] values = new double[count];
    Arrays.setAll(values, _ -> Math.exp(4 + 1.5 * random.nextGaussian()));
    byte[][] stored = new byte[20][];
    for (int part = 0; part < stored.length; part++) {
      Quantiles quantiles = Quantiles.empty();
      for (int i = part; i < count; i += stored.length) {
        quantiles.add(values[i]);
      }
      stored[part] = quantiles.bytes();
    }

    Quantiles all = Quantiles.empty();
    Arrays.stream(stored).forEach(each -> all.add(Quantiles.read(each)));

    double p95 = all.at(0.95);
    double rank = Arrays.stream(values).filter(value -> value <= p95).count() / (double) count;
    assertThat(rank).as("rank of p95, seed %d", seed).isCloseTo(0.95, within(RANK_ERROR));
    assertThat(all.bytes().length).isLessThan(6_000);
  }

  @Test
  void fewValuesAreExact() {
    Quantiles quantiles = Quantiles.empty();
    for (int i = 100; i >= 1; i--) {
      quantiles = Quantiles.read(quantiles.bytes());
      quantiles.add(i);
    }

    assertThat(quantiles.at(0.95)).isEqualTo(95);
    assertThat(quantiles.at(1)).isEqualTo(100);
    assertThat(quantiles.at(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 5_000, 200_000})
  void namesCountOnceHoweverOftenTheyCome(int count) {
    byte[][] stored = new byte[20][];
    for (int part = 0; part < stored.length; part++) {
      Uniques uniques = Uniques.empty();
      for (int i = 0; i < count / 5; i++) {
        uniques.add("user-" + seed + "-" + random.nextInt(count));
      }
      stored[part] = uniques.bytes();
    }
    Uniques all = Uniques.empty();
    for (int i = 0; i < count; i++) {
      all.add("user-" + seed + "-" + i);
    }

    for (byte[] each : stored) {
      all = Uniques.read(all.bytes());
      all.add(each);
    }

    assertThat((double) all.count())
        .as("seed %d", seed)
        .isCloseTo(count, within(Math.max(1, count * COUNT_ERROR)));
    assertThat((double) Uniques.countOf(all.bytes()))
        .as("read from what is stored, seed %d", seed)
        .isCloseTo(count, within(Math.max(1, count * COUNT_ERROR)));
    assertThat(all.bytes().length).isLessThan(2_500);
  }
}
