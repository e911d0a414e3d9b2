package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.TaskRejectedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailComposerTest {
  private static final Instant CREATED = Instant.parse("2026-11-21T12:00:00Z");
  private static final Session SESSION = Session.getInstance(new Properties());

  private final MailComposer composer = new MailComposer(SESSION, "fleet@example.org");

  @Test
  void writesTheHeadersOfTheTask() throws Exception {
    MimeMessage mail =
        sent(
            new EmailPayload(
                List.of("ada@example.org", "bob@example.org"),
                "Grüße ☃",
                "text",
                null,
                "sales@example.com",
                "help@example.com",
                List.of("cc@example.org"),
                List.of("bcc@example.org")));

    assertThat(mail.getMessageID()).isEqualTo("<id@example.org>");
    assertThat(mail.getSentDate()).isEqualTo(CREATED);
    assertThat(mail.getSubject()).isEqualTo("Grüße ☃");
    assertThat(mail.getHeader("Subject", null)).isPrintable().isASCII();
    assertThat(mail.getFrom()).containsExactly(new InternetAddress("sales@example.com"));
    assertThat(mail.getReplyTo()).containsExactly(new InternetAddress("help@example.com"));
    assertThat(mail.getHeader("To", ",")).isEqualTo("ada@example.org, bob@example.org");
    assertThat(mail.getHeader("Cc", ",")).isEqualTo("cc@example.org");
    assertThat(mail.getHeader("MIME-Version", null)).isEqualTo("1.0");
  }

  @Test
  void sendsFromTheConfiguredAddressWhenTheTaskNamesNone() throws Exception {
    assertThat(sent(plain("ada@example.org", "Subject", "text")).getFrom())
        .containsExactly(new InternetAddress("fleet@example.org"));
  }

  @Test
  void writesBothBodiesAsAlternativesWithTheRicherOneLast() throws Exception {
    MimeMessage mail = sent(body("tëxt", "<p>html ☃</p>"));

    assertThat(mail.getContentType()).startsWith("multipart/alternative");
    MimeMultipart parts = (MimeMultipart) mail.getContent();
    assertThat(parts.getCount()).isEqualTo(2);
    assertThat(parts.getBodyPart(0).getContentType()).isEqualTo("text/plain; charset=UTF-8");
    assertThat(parts.getBodyPart(0).getContent()).isEqualTo("tëxt");
    assertThat(parts.getBodyPart(1).getContentType()).isEqualTo("text/html; charset=UTF-8");
    assertThat(parts.getBodyPart(1).getContent()).isEqualTo("<p>html ☃</p>");
  }

  @Test
  void writesOneBodyAsItself() throws Exception {
    assertThat(sent(body("text", null)).getContentType()).isEqualTo("text/plain; charset=UTF-8");
    assertThat(sent(body(null, "<p>")).getContentType()).isEqualTo("text/html; charset=UTF-8");
  }

  @Test
  void writesNoLineThatIsTooLongForSmtp() throws Exception {
    EmailPayload payload = body("x".repeat(100_000), "ü".repeat(100_000));

    String wire = wire(composer.compose(payload, "id@example.org", CREATED));

    assertThat(Arrays.stream(wire.split("\r\n"))).allMatch(line -> line.length() <= 998);
    assertThat(wire).isASCII();
  }

  @Test
  void writesDomainsInAscii() throws Exception {
    MimeMessage mail = sent(plain("ada@münchen.example", "Subject", "text"));

    assertThat(mail.getHeader("To", null)).isEqualTo("ada@xn--mnchen-3ya.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@example.org\r\nBcc: eve@example.org",
        "ada\r\n@example.org",
        "ada@example.org\n",
        "ada",
        "@example.org",
        "ada@",
        "ada@exa mple.org",
        "a,b@example.org",
        "<ada@example.org>",
        "ada@-.example"
      })
  void refusesAnAddressThatCannotStandInAMail(String address) {
    assertThatThrownBy(() -> compose(plain(address, "Subject", "text")))
        .isInstanceOf(TaskRejectedException.class)
        .hasMessageNotContaining("ada");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Hi\r\nBcc: eve@example.org", "Hi\n\nbody", "Hi\rthere", "\u0000"})
  void refusesASubjectThatStartsAnotherHeader(String subject) {
    assertThatThrownBy(() -> compose(plain("ada@example.org", subject, "text")))
        .isInstanceOfSatisfying(
            TaskRejectedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.HEADER_INJECTION));
  }

  private MimeMessage compose(EmailPayload payload) throws Exception {
    return composer.compose(payload, "id@example.org", CREATED);
  }

  /** What a receiver reads. */
  private MimeMessage sent(EmailPayload payload) throws Exception {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    compose(payload).writeTo(wire);
    return new MimeMessage(SESSION, new ByteArrayInputStream(wire.toByteArray()));
  }

  private static String wire(MimeMessage mail) throws Exception {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    mail.writeTo(wire);
    return wire.toString(StandardCharsets.UTF_8);
  }

  private static EmailPayload plain(String to, String subject, String text) {
    return new EmailPayload(List.of(to), subject, text, null, null, null, null, null);
  }

  private static EmailPayload body(@Nullable String text, @Nullable String html) {
    return new EmailPayload(
        List.of("ada@example.org"), "Subject", text, html, null, null, null, null);
  }
}
