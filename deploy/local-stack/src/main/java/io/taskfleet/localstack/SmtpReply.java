package io.taskfleet.localstack;

/**
 * What the mail sink answers to {@code RCPT TO}.
 *
 * @param code 2xx takes the recipient, 421 ends the connection, other 4xx and 5xx refuse
 * @param text what follows the code on the line
 */
public record SmtpReply(int code, String text) {
  /** The recipient is taken. */
  public static final SmtpReply ACCEPTED = new SmtpReply(250, "2.1.5 OK");

  /** There is no such mailbox and never will be. */
  public static final SmtpReply MAILBOX_UNAVAILABLE =
      new SmtpReply(550, "5.1.1 mailbox unavailable");

  /** Checks that the code is one a server may send here. */
  public SmtpReply {
    if (code < 200 || code > 599) {
      throw new IllegalArgumentException("Not an SMTP reply code: " + code);
    }
  }

  boolean accepts() {
    return code < 300;
  }

  boolean endsTheConnection() {
    return code == 421;
  }
}
