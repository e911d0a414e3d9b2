package io.taskfleet.worker.email;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.worker.attempt.DependentHandler;
import io.taskfleet.worker.dependency.Dependencies;
import jakarta.mail.internet.MimeMessage;
import java.time.Clock;

/** Sends an email. Closing it closes its connections to the server. */
public final class EmailHandler
    implements TaskHandler<EmailPayload>, DependentHandler, AutoCloseable {
  /** The name under which the SMTP server is a dependency. */
  public static final String DEPENDENCY = "smtp";

  private final EmailProperties properties;
  private final Dependencies dependencies;
  private final SmtpClient client;
  private final MailComposer composer;

  /** A handler for the server of these properties; it connects when there is a mail to send. */
  public EmailHandler(EmailProperties properties, Dependencies dependencies, Clock clock) {
    this.properties = properties;
    this.dependencies = dependencies;
    this.client = new SmtpClient(properties, clock);
    this.composer = new MailComposer(client.session(), properties.from());
  }

  @Override
  public TaskType<EmailPayload> type() {
    return BuiltInTypes.EMAIL;
  }

  @Override
  public String onlyDependency() {
    return DEPENDENCY;
  }

  @Override
  public HandlerResult handle(EmailPayload payload, TaskContext context) throws Exception {
    String messageId = context.id() + "@" + properties.messageDomain();
    MimeMessage mail = composer.compose(payload, messageId, context.createdAt());
    boolean ownSender = payload.from() == null;
    dependencies
        .named(DEPENDENCY, properties.pool().size())
        .call(
            () -> {
              client.send(mail, ownSender);
              return mail;
            });
    return HandlerResult.of(new Sent(messageId));
  }

  @Override
  public void close() {
    client.close();
  }

  private record Sent(String messageId) {}
}
