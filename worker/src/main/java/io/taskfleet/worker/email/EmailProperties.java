package io.taskfleet.worker.email;

import io.taskfleet.task.MailAddress;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The SMTP server, and how mails to it look.
 *
 * @param username absent where the server asks for none
 * @param password given if, and only if, the user name is
 * @param from the sender of mails that name none
 * @param domain the right side of each Message-ID and the name given in EHLO; that of {@code from}
 *     if absent
 */
@Validated
@ConfigurationProperties("taskfleet.email")
public record EmailProperties(
    @NotBlank String host,
    @DefaultValue("25") @Min(1) @Max(65_535) int port,
    @DefaultValue("none") Tls tls,
    @Nullable String username,
    @Nullable String password,
    @NotNull @MailAddress String from,
    @Nullable String domain,
    @DefaultValue @Valid Pool pool,
    @DefaultValue Timeouts timeouts) {

  /** Checks that user name and password come together. */
  public EmailProperties {
    if ((username == null) != (password == null)) {
      throw new IllegalArgumentException(
          "taskfleet.email.username and taskfleet.email.password must be given together");
    }
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

  /** The domain that mails are identified under. */
  String messageDomain() {
    return domain == null ? from.substring(from.lastIndexOf('@') + 1) : domain;
  }

  @Override
  public String toString() {
    return "EmailProperties[host=" + host + ", port=" + port + ", tls=" + tls + "]";
  }

  private static void requirePositive(Duration duration, String property) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(property + " must be positive");
    }
  }
}
