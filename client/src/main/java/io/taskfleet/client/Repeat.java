package io.taskfleet.client;

/** When a call may be made again. */
enum Repeat {
  /** Whenever it may help: it reads, or does the same thing however often it is made. */
  SAFE {
    @Override
    boolean allows(Failure failure) {
      return failure.isTemporary();
    }
  },
  /** Only when surely nobody has acted on it. */
  UNHEARD {
    @Override
    boolean allows(Failure failure) {
      return failure.isUnheard();
    }
  },
  /** Only when there was not even a connection. */
  UNREACHED {
    @Override
    boolean allows(Failure failure) {
      return failure.problem() == null && failure.isUnheard();
    }
  };

  abstract boolean allows(Failure failure);
}
