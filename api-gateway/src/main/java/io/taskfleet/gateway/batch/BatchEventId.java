package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.live.Follower;
import io.taskfleet.gateway.web.ProblemException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names an event of a batch's stream: how many had ended, and where it stood then. */
final class BatchEventId {
  private static final Pattern SYNTAX =
      Pattern.compile("\\d{1,10}-(?:open|running|cancelling|cancelled|finished)");

  private BatchEventId() {}

  static String of(Batch batch) {
    return batch.processed() + "-" + batch.state().name().toLowerCase(Locale.ROOT);
  }

  /**
   * This id, which a client has sent.
   *
   * @throws ProblemException if there is no such event
   */
  static String parse(String text) {
    if (!SYNTAX.matcher(text).matches()) {
      throw Follower.strangeEvent();
    }
    return text;
  }
}
