package io.taskfleet.bench;

import java.util.Locale;

/** The processes whose processor time counts. */
enum ProcessKind {
  WORKER,
  NAIVE,
  GATEWAY,
  KAFKA,
  POSTGRES,
  REDIS;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
