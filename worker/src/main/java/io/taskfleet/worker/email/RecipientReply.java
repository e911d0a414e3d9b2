package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.SmtpReply;
import java.util.Comparator;
import java.util.List;

/** What the server said of one recipient. */
record RecipientReply(String recipient, SmtpReply reply) {
  private static final int TOO_MANY = 552;

  boolean isAccepted() {
    return reply.isPositive();
  }

  /** Whether it may be taken later, as those for whom there was no more room in this mail. */
  boolean isPutOff() {
    return !isAccepted() && (reply.meaning() != SmtpReply.Meaning.REFUSED || isTooMany());
  }

  /** The code that RFC 821 gave to too many recipients (RFC 5321, 4.5.3.1.10). */
  private boolean isTooMany() {
    return reply.code() == TOO_MANY && reply.enhanced() == null;
  }

  /**
   * Of replies that are all refusals, the one that says what becomes of the mail: while one
   * recipient may be taken later, it is not refused.
   */
  static SmtpReply decisive(List<RecipientReply> refusals) {
    return refusals.stream()
        .filter(each -> each.isPutOff() || refusals.stream().noneMatch(RecipientReply::isPutOff))
        .max(Comparator.comparingInt(each -> each.reply().code()))
        .orElseThrow()
        .reply();
  }
}
