package io.taskfleet.standalone.demo;

import io.taskfleet.task.EmailPayload;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Emails over HTTP reach the mail server, each exactly once. */
final class EmailTrial implements Trial {
  private final Load load;
  private final MailSink mail;
  private final String prefix;
  private final int count;

  EmailTrial(String run, Gateway gateway, MailSink mail, int count) {
    this.load = new Load(gateway, "/v1/emails");
    this.mail = mail;
    this.prefix = "demo-" + run + "-";
    this.count = count;
  }

  static EmailPayload email(String to, String subject) {
    return new EmailPayload(
        List.of(to), subject, "Sent by the demo.", null, null, null, null, null);
  }

  @Override
  public String name() {
    return "%,d emails, each sent once".formatted(count);
  }

  @Override
  public void send() throws Exception {
    load.send(count, i -> email(prefix + i + "@example.org", "Demo " + i));
  }

  @Override
  public List<UUID> tasks() {
    return load.ids();
  }

  @Override
  public @Nullable Load load() {
    return load;
  }

  @Override
  public Finding check() throws Exception {
    List<MailSink.Mail> mails = mail.sentTo(prefix);
    long ids = mails.stream().map(MailSink.Mail::messageId).distinct().count();
    long recipients =
        mails.stream().flatMap(m -> m.to().stream()).collect(Collectors.toSet()).size();
    return Finding.of(
        mails.size() == count && ids == count && recipients == count,
        "%,d mails, %,d Message-IDs, %,d recipients".formatted(mails.size(), ids, recipients));
  }
}
