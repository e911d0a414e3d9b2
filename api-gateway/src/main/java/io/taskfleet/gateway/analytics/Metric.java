package io.taskfleet.gateway.analytics;

/** What is told of the events of a step. */
enum Metric {
  COUNT("count", "count"),
  SUM("sum", "sum"),
  MIN("min", "min"),
  MAX("max", "max"),
  P95("p95", "quantiles"),
  UNIQUE("unique", "users");

  private final String label;
  private final String column;

  Metric(String label, String column) {
    this.label = label;
    this.column = column;
  }

  String label() {
    return label;
  }

  /** Of {@code analytics_bucket}. */
  String column() {
    return column;
  }

  /** Of no events. */
  Measure measure() {
    return switch (this) {
      case COUNT, SUM -> Measure.added();
      case MIN -> Measure.smallest();
      case MAX -> Measure.largest();
      case P95 -> Measure.percentile95();
      case UNIQUE -> Measure.distinct();
    };
  }

  /** Whether what some groups come to can be taken away from what all of them do. */
  boolean isAdditive() {
    return this == COUNT || this == SUM;
  }
}
