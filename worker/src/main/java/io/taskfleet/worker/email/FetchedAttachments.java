package io.taskfleet.worker.email;

import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.MailAttachment;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.failure.TaskRejectedException;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundReply;
import io.taskfleet.worker.outbound.OutboundRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gets the content of attachments, from the task or from where it says. Thread-safe. */
final class FetchedAttachments {
  static final String UNKNOWN_TYPE = "application/octet-stream";

  /** Longer than it takes where files are small and servers fast, which is the usual case. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final EmailProperties.Attachments settings;
  private final GuardedHttpClient client;
  private final Dependencies dependencies;
  private final Clock clock;
  private final Semaphore mails;

  FetchedAttachments(
      EmailProperties.Attachments settings,
      GuardedHttpClient client,
      Dependencies dependencies,
      Clock clock) {
    this.settings = settings;
    this.client = client;
    this.dependencies = dependencies;
    this.clock = clock;
    this.mails = new Semaphore(settings.mailsAtOnce(), true);
  }

  /** An attachment with its content. */
  @SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
  record File(String name, String type, @Nullable String contentId, byte[] bytes) {}

  /** What is done with the files of a mail. */
  interface Use<T> {
    T with(List<File> files) throws Exception;
  }

  /** Whether this mail needs any that have to be fetched. */
  static boolean areNeededFor(EmailPayload payload) {
    return attachments(payload).stream().anyMatch(each -> each.url() != null);
  }

  private static List<MailAttachment> attachments(EmailPayload payload) {
    return Objects.requireNonNullElse(payload.attachments(), List.of());
  }

  /**
   * Gets the files of this mail, and holds no more than so many at once with all it fetched. One
   * more is put off: to wait for others' slow servers would cost it the attempt.
   */
  <T> T use(EmailPayload payload, TaskContext context, Use<T> use) throws Exception {
    List<MailAttachment> all = attachments(payload);
    if (!areNeededFor(payload)) {
      return use.with(files(all, context));
    }
    if (!mails.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new CallRefusedException("too many mails with attachments at once", PATIENCE);
    }
    try {
      return use.with(files(all, context));
    } finally {
      mails.release();
    }
  }

  private List<File> files(List<MailAttachment> attachments, TaskContext context) throws Exception {
    List<File> files = new ArrayList<>();
    int left = (int) settings.maxSize().toBytes();
    for (MailAttachment each : attachments) {
      byte[] bytes = each.bytes();
      if (bytes == null) {
        bytes = fetched(Objects.requireNonNull(each.url()), left, context);
        left -= bytes.length;
      }
      files.add(
          new File(
              each.filename(),
              Objects.requireNonNullElse(each.contentType(), UNKNOWN_TYPE),
              each.contentId(),
              bytes));
    }
    return files;
  }

  private byte[] fetched(String url, int most, TaskContext context) throws Exception {
    OutboundRequest request = new OutboundRequest("GET", URI.create(url), Map.of(), null);
    Callable<OutboundReply> call =
        () -> {
          OutboundReply reply = client.send(request, timeLeft(context), most);
          if (!reply.isSuccess()) {
            throw new RemoteRefusal(
                RemoteRefusal.Protocol.HTTP,
                reply.status(),
                "attachment: HTTP " + reply.status(),
                reply.retryAfter());
          }
          return reply;
        };
    OutboundReply reply =
        dependencies.named(request.dependency("attachment"), callsPerHost()).call(call);
    if (reply.truncated()) {
      throw new TaskRejectedException(
          ReasonCode.LIMITS_EXCEEDED, "the attachments are larger than " + settings.maxSize());
    }
    return reply.body();
  }

  /** One slow host leaves half of them to the others. */
  private int callsPerHost() {
    return Math.max(1, settings.mailsAtOnce() / 2);
  }

  private Duration timeLeft(TaskContext context) {
    Duration left = Duration.between(clock.instant(), context.deadline());
    return left.compareTo(settings.timeout()) < 0 ? left : settings.timeout();
  }
}
