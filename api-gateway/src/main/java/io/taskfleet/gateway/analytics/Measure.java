package io.taskfleet.gateway.analytics;

import io.taskfleet.rollup.Quantiles;
import io.taskfleet.rollup.Uniques;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** One figure of some buckets, taken together. */
interface Measure {

  /** Takes a bucket; its figure is in the column {@code measured}. */
  void take(ResultSet row) throws SQLException;

  /** The figure; null if there is none of nothing. */
  @Nullable BigDecimal value();

  static Measure added() {
    return new OfNumbers(BigDecimal.ZERO, BigDecimal::add);
  }

  static Measure smallest() {
    return new OfNumbers(null, BigDecimal::min);
  }

  static Measure largest() {
    return new OfNumbers(null, BigDecimal::max);
  }

  static Measure percentile95() {
    return new Percentile(0.95);
  }

  static Measure distinct() {
    return new Distinct();
  }

  /** Numbers that are put together one after the other. */
  final class OfNumbers implements Measure {
    private final BinaryOperator<BigDecimal> together;
    private @Nullable BigDecimal value;

    private OfNumbers(@Nullable BigDecimal value, BinaryOperator<BigDecimal> together) {
      this.value = value;
      this.together = together;
    }

    @Override
    public void take(ResultSet row) throws SQLException {
      BigDecimal next = row.getBigDecimal("measured");
      if (next != null) {
        value = value == null ? next : together.apply(value, next);
      }
    }

    @Override
    public @Nullable BigDecimal value() {
      return value;
    }
  }

  /** A share of the values is not above it. */
  final class Percentile implements Measure {
    private final double share;
    private @Nullable Quantiles quantiles;

    private Percentile(double share) {
      this.share = share;
    }

    @Override
    public void take(ResultSet row) throws SQLException {
      byte[] sketch = row.getBytes("measured");
      if (sketch != null) {
        Quantiles next = Quantiles.read(sketch);
        if (quantiles == null) {
          quantiles = next;
        } else {
          quantiles.add(next);
        }
      }
    }

    @Override
    public @Nullable BigDecimal value() {
      return quantiles == null ? null : BigDecimal.valueOf(quantiles.at(share));
    }
  }

  /** Users, each once. Of a single bucket, as most points are, nothing is put together. */
  final class Distinct implements Measure {
    private byte @Nullable [] first;
    private @Nullable Uniques several;

    private Distinct() {}

    @Override
    public void take(ResultSet row) throws SQLException {
      byte[] sketch = row.getBytes("measured");
      if (sketch == null) {
        return;
      }
      if (first == null) {
        first = sketch;
        return;
      }
      if (several == null) {
        several = Uniques.read(first);
      }
      several.add(sketch);
    }

    @Override
    public BigDecimal value() {
      if (several != null) {
        return BigDecimal.valueOf(several.count());
      }
      return BigDecimal.valueOf(first == null ? 0 : Uniques.countOf(first));
    }
  }
}
