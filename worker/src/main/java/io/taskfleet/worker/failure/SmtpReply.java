package io.taskfleet.worker.failure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a mail server answered: the reply code (RFC 5321 §4.2) and, if it gave one, the enhanced
 * status code (RFC 3463). The text after them is left behind: it likes to repeat the recipient.
 *
 * @param code three digits
 * @param enhanced such as {@code 5.1.1}
 */
public record SmtpReply(int code, @Nullable String enhanced) {
  private static final Pattern ENHANCED =
      Pattern.compile("^[0-9]{3}[ -]([245]\\.[0-9]{1,3}\\.[0-9]{1,3})(?=\\s|$)");

  private static final int CLOSING = 421;

  /** What follows from a reply that is not success. */
  public enum Meaning {
    /** An operator has to look at how this fleet authenticates itself. */
    CREDENTIALS,
    /** This sender has used up what the server takes from it. */
    QUOTA_USED_UP,
    /** The server wants this mail later, as greylisting does. */
    LATER,
    /** Something on the server's side is broken for now. */
    IN_TROUBLE,
    /** The server does not serve anybody for now. */
    CLOSING,
    /** Never. */
    REFUSED
  }

  /** The reply whose first line is this one. */
  public static SmtpReply of(int code, @Nullable String line) {
    Matcher enhanced = ENHANCED.matcher(line == null ? "" : line);
    return new SmtpReply(code, enhanced.find() ? enhanced.group(1) : null);
  }

  /** Whether the server did what it was asked to. */
  public boolean isPositive() {
    return code >= 200 && code < 300;
  }

  /** What follows from it. */
  public Meaning meaning() {
    return switch (code) {
      case CLOSING -> Meaning.CLOSING;
      case 530, 534, 535, 538 -> Meaning.CREDENTIALS;
      default -> enhanced == null ? basic() : refined(enhanced.substring(2));
    };
  }

  /** Whether the answer is about the server as a whole, and not about this one mail. */
  public boolean isAboutTheService() {
    return switch (meaning()) {
      case CREDENTIALS, QUOTA_USED_UP, CLOSING -> true;
      case LATER, IN_TROUBLE, REFUSED -> false;
    };
  }

  private Meaning refined(String subjectAndDetail) {
    return switch (subjectAndDetail) {
      // Mail system congestion: what large providers say when a day's quota is used up.
      case "4.5" -> Meaning.QUOTA_USED_UP;
      // Not accepting network messages.
      case "3.2" -> Meaning.CLOSING;
      // A mailbox that is full may be emptied (RFC 3463 §3.3), whatever the reply code says.
      case "2.2" -> Meaning.LATER;
      // Too many recipients: those left over go with another mail.
      case "5.3" -> Meaning.LATER;
      // Credentials invalid, mechanism too weak, encryption needed.
      case "7.8", "7.9", "7.11" -> code >= 500 ? Meaning.CREDENTIALS : Meaning.IN_TROUBLE;
      default -> basic();
    };
  }

  private Meaning basic() {
    return switch (code) {
      // Those that greylisting answers with (RFC 6647), and a mailbox that is over its limit.
      case 450, 451, 452 -> Meaning.LATER;
      default -> code < 500 ? Meaning.IN_TROUBLE : Meaning.REFUSED;
    };
  }

  @Override
  public String toString() {
    return enhanced == null ? Integer.toString(code) : code + " " + enhanced;
  }
}
