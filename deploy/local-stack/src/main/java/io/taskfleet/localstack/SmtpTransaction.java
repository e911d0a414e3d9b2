package io.taskfleet.localstack;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;

/** One mail on its way in. Used by the one thread of its connection. */
final class SmtpTransaction implements MessageHandler {
  private final Function<String, SmtpReply> policy;
  private final Mailbag mailbag;
  private final Clock clock;
  private final List<String> recipients = new ArrayList<>();
  private String sender = "";

  SmtpTransaction(Function<String, SmtpReply> policy, Mailbag mailbag, Clock clock) {
    this.policy = policy;
    this.mailbag = mailbag;
    this.clock = clock;
  }

  @Override
  public void from(String from) {
    sender = from;
  }

  @Override
  public void recipient(String recipient) throws RejectException {
    SmtpReply reply = policy.apply(recipient);
    if (reply.endsTheConnection()) {
      throw new DropConnectionException(reply.code(), reply.text());
    }
    if (!reply.accepts()) {
      throw new RejectException(reply.code(), reply.text());
    }
    recipients.add(recipient);
  }

  @Override
  public @Nullable String data(InputStream data) throws IOException {
    mailbag.add(
        new ReceivedMail(
            UUID.randomUUID().toString(),
            clock.instant(),
            sender,
            recipients,
            data.readAllBytes()));
    return null;
  }

  @Override
  public void done() {}
}
