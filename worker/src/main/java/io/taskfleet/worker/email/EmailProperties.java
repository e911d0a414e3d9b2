package io.taskfleet.worker.email;

import io.taskfleet.task.MailAddress;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The SMTP servers, and how mails to them look. Either one, by {@code host} and what belongs to it,
 * or several, by {@code providers}.
 *
 * @param username absent where the server asks for none
 * @param password given if, and only if, the user name is
 * @param authentication the mechanisms tried, in this order; those the library has if absent
 * @param providers tried in this order
 * @param from the sender of mails that name none
 * @param domain the right side of each Message-ID and the name given in EHLO; that of {@code from}
 *     if absent
 * @param takeOverAfter how long a mail waits for a server before its content, where another could
 *     take it
 * @param unknownOutcome what becomes of a mail whose end was sent and not answered
 * @param recipientRetryAfter how long recipients wait that were put off while others were taken
 * @param domains mails a second from this worker to recipients of a domain; {@code *} for each of
 *     those not named
 */
@Validated
@ConfigurationProperties("taskfleet.email")
public record EmailProperties(
    @Nullable @Size(min = 1) String host,
    @DefaultValue("25") @Min(1) @Max(65_535) int port,
    @DefaultValue("none") Tls tls,
    @Nullable String username,
    @Nullable String password,
    @DefaultValue List<String> authentication,
    @DefaultValue @Valid Pool pool,
    @DefaultValue Timeouts timeouts,
    @DefaultValue @Valid List<Provider> providers,
    @NotNull @MailAddress String from,
    @Nullable String domain,
    @DefaultValue("3s") Duration takeOverAfter,
    @DefaultValue("same-provider") UnknownOutcome unknownOutcome,
    @DefaultValue("1m") Duration recipientRetryAfter,
    @DefaultValue Map<String, @NotNull @Min(1) Integer> domains,
    @DefaultValue @Valid Attachments attachments,
    @DefaultValue("10s") Duration templateTimeToLive) {

  /** Checks that there is a server to send by, and no doubt about which. */
  public EmailProperties {
    requireTogether("taskfleet.email", username, password);
    requirePositive(takeOverAfter, "taskfleet.email.take-over-after");
    requirePositive(recipientRetryAfter, "taskfleet.email.recipient-retry-after");
    requirePositive(templateTimeToLive, "taskfleet.email.template-time-to-live");
    if ((host == null) == providers.isEmpty()) {
      throw new IllegalArgumentException(
          "give taskfleet.email.host or taskfleet.email.providers, and not both");
    }
    if (providers.stream().map(Provider::name).distinct().count() < providers.size()) {
      throw new IllegalArgumentException("taskfleet.email.providers: each needs its own name");
    }
    providers = List.copyOf(providers);
    domains = Map.copyOf(domains);
  }

  /** How the connection is protected. */
  public enum Tls {
    /** Not at all. */
    NONE,
    /** By STARTTLS; a server without it is not used. */
    STARTTLS,
    /** From the first byte. */
    TLS
  }

  /** What becomes of a mail that a server may have taken without saying so. */
  public enum UnknownOutcome {
    /** It is tried again by the same provider, which may know its Message-ID. */
    SAME_PROVIDER,
    /** It is tried again by any. */
    ANY_PROVIDER,
    /** It is not tried again. */
    DEAD_LETTER
  }

  /**
   * One of several servers.
   *
   * @param name what it is called in results and metrics
   * @param quota what it takes; everything if absent
   */
  public record Provider(
      @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9-]{0,31}") String name,
      @NotBlank String host,
      @DefaultValue("25") @Min(1) @Max(65_535) int port,
      @DefaultValue("none") Tls tls,
      @Nullable String username,
      @Nullable String password,
      @DefaultValue List<String> authentication,
      @DefaultValue @Valid Pool pool,
      @DefaultValue Timeouts timeouts,
      @Nullable @Valid Quota quota) {

    /** Checks that user name and password come together. */
    public Provider {
      requireTogether("taskfleet.email.providers", username, password);
      authentication = List.copyOf(authentication);
    }

    @Override
    public String toString() {
      return "Provider[name=" + name + ", host=" + host + ", port=" + port + ", tls=" + tls + "]";
    }
  }

  /**
   * How much a provider takes.
   *
   * @param recipients of mails, in one period, from all workers together
   * @param period counted from 1970-01-01T00:00Z, so that a day is a day in UTC
   */
  public record Quota(@Min(1) int recipients, @DefaultValue("1d") Duration period) {

    /** Checks that a period can end. */
    public Quota {
      requirePositive(period.truncatedTo(ChronoUnit.SECONDS), "quota.period");
    }
  }

  /**
   * Connections that are kept.
   *
   * @param size how many mails are sent at once; at least the type's concurrency, or tasks are
   *     deferred for no good reason
   * @param idleTimeout how long one is kept that nobody uses
   * @param mailsPerConnection many servers allow only so many
   */
  public record Pool(
      @DefaultValue("64") @Min(1) int size,
      @DefaultValue("30s") Duration idleTimeout,
      @DefaultValue("100") @Min(1) int mailsPerConnection) {

    /** Checks that a connection can be idle at all. */
    public Pool {
      requirePositive(idleTimeout, "taskfleet.email.pool.idle-timeout");
    }
  }

  /**
   * The longest waits, each for one step; the attempt's deadline bounds them all together.
   *
   * @param connect for TCP
   * @param read for one reply
   * @param write for one write
   */
  public record Timeouts(
      @DefaultValue("5s") Duration connect,
      @DefaultValue("15s") Duration read,
      @DefaultValue("15s") Duration write) {

    /** Checks that none is endless. */
    public Timeouts {
      requirePositive(connect, "taskfleet.email.timeouts.connect");
      requirePositive(read, "taskfleet.email.timeouts.read");
      requirePositive(write, "taskfleet.email.timeouts.write");
    }
  }

  /**
   * Attachments that are fetched.
   *
   * @param maxSize of those of one mail together
   * @param timeout for each
   * @param mailsAtOnce how many mails are fetched for, and held with what was fetched, at once
   */
  public record Attachments(
      @DefaultValue("5MB") DataSize maxSize,
      @DefaultValue("10s") Duration timeout,
      @DefaultValue("8") @Min(1) int mailsAtOnce) {

    /** Checks that something can be fetched. */
    public Attachments {
      requirePositive(timeout, "taskfleet.email.attachments.timeout");
      if (maxSize.isNegative() || maxSize.toBytes() > Integer.MAX_VALUE / 2) {
        throw new IllegalArgumentException(
            "taskfleet.email.attachments.max-size must be between 0 and 1GB");
      }
    }
  }

  /** The servers, in the order in which they are tried. */
  List<Provider> servers() {
    return host == null
        ? providers
        : List.of(
            new Provider(
                SmtpProvider.ONLY,
                host,
                port,
                tls,
                username,
                password,
                authentication,
                pool,
                timeouts,
                null));
  }

  /** The domain that mails are identified under. */
  String messageDomain() {
    return domain == null ? from.substring(from.lastIndexOf('@') + 1) : domain;
  }

  @Override
  public String toString() {
    return "EmailProperties[from=" + from + ", providers=" + servers() + "]";
  }

  private static void requireTogether(
      String prefix, @Nullable String username, @Nullable String password) {
    if ((username == null) != (password == null)) {
      throw new IllegalArgumentException(
          "%s.username and %s.password must be given together".formatted(prefix, prefix));
    }
  }

  private static void requirePositive(Duration duration, String property) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(property + " must be positive");
    }
  }
}
