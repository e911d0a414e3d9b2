package io.taskfleet.standalone.demo;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One promise put to the test. Called by one thread, in the order of the methods. */
interface Trial {
  /** What is tried, in few words. */
  String name();

  /** Sends what the trial is about. */
  void send() throws Exception;

  /** The tasks that were sent, each of which has to end and to be readable everywhere. */
  List<UUID> tasks();

  /** The requests behind the tasks when their times are worth telling, else null. */
  default @Nullable Load load() {
    return null;
  }

  /** Looks at the results, once all tasks of all trials have ended or the time was up. */
  Finding check() throws Exception;
}
