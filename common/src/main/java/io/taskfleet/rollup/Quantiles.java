package io.taskfleet.rollup;

import java.lang.foreign.MemorySegment;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;

/**
 * The distribution of values, in at most five kilobytes: a KLL sketch. Exact for the first two
 * hundred values; beyond them the rank of what it answers is off by at most 1.7 % in 99 of 100
 * cases.
 */
public final class Quantiles {
  private static final int K = 200;

  private final KllDoublesSketch sketch;

  private Quantiles(KllDoublesSketch sketch) {
    this.sketch = sketch;
  }

  /** Of no values. */
  public static Quantiles empty() {
    return new Quantiles(KllDoublesSketch.newHeapInstance(K));
  }

  /** What {@link #bytes()} wrote. */
  public static Quantiles read(byte[] bytes) {
    return new Quantiles(KllDoublesSketch.heapify(MemorySegment.ofArray(bytes)));
  }

  /** Takes one more value. */
  public void add(double value) {
    sketch.update(value);
  }

  /** Takes what the other one has seen. */
  public void add(Quantiles other) {
    sketch.merge(other.sketch);
  }

  /**
   * The smallest value seen that this share of all values does not exceed.
   *
   * @param share from 0 to 1
   */
  public double at(double share) {
    return sketch.getQuantile(share, QuantileSearchCriteria.INCLUSIVE);
  }

  /** To be stored. */
  public byte[] bytes() {
    return sketch.toByteArray();
  }
}
