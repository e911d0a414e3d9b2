package io.taskfleet.worker.dependency;

import java.time.Duration;

/**
 * Hears what this worker finds out about its dependencies by itself, never what it was told. Called
 * from attempts, so it must not block.
 */
interface BreakerNews {

  /** Tells nobody. */
  BreakerNews UNHEARD =
      new BreakerNews() {
        @Override
        public void opened(String name, Duration openFor) {}

        @Override
        public void closed(String name) {}

        @Override
        public void appeared(String name) {}
      };

  /** Calls failed; there will be none for this long. */
  void opened(String name, Duration openFor);

  /** Probes went well. */
  void closed(String name);

  /** Somebody is about to call this one, of which nothing is known here yet. */
  void appeared(String name);
}
