package io.taskfleet.worker.consume;

/** How far tasks of one type that share a key keep their order. */
public enum Ordering {
  /** First attempts start in order; a task that is retried is overtaken. */
  KEY,
  /** A task waits until the one before it in its key has ended, through all its retries. */
  STRICT,
  /** Not at all: tasks of one key run side by side. */
  NONE
}
