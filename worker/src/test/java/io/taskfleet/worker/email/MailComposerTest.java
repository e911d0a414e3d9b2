package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.email.FetchedAttachments.File;
import io.taskfleet.worker.failure.TaskRejectedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailComposerTest {
  private static final Instant CREATED = Instant.parse("2026-11-21T12:00:00Z");
  private static final Session SESSION = Session.getInstance(new Properties());

  private final MailComposer composer = new MailComposer("fleet@example.org");

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

    String wire = wire(compose(payload));

    assertThat(Arrays.stream(wire.split("\r\n"))).allMatch(line -> line.length() <= 998);
    assertThat(wire).isASCII();
  }

  @Test
  void writesDomainsInAscii() throws Exception {
    MimeMessage mail = sent(plain("ada@münchen.example", "Subject", "text"));

    assertThat(mail.getHeader("To", null)).isEqualTo("ada@xn--mnchen-3ya.example");
  }

  @Test
  void sendsToEachOnceAndHidesTheBlindCopies() throws Exception {
    MailComposer.Composed composed =
        composed(
            new EmailPayload(
                List.of("ada@münchen.example", "bob@example.org"),
                "Subject",
                "text",
                null,
                null,
                null,
                List.of("bob@example.org"),
                List.of("eve@example.org")));

    assertThat(composed.envelope())
        .isEqualTo(
            new Envelope(
                "fleet@example.org",
                List.of("ada@xn--mnchen-3ya.example", "bob@example.org", "eve@example.org"),
                false));
    assertThat(wire(composed.mail())).doesNotContain("eve@");
  }

  @Test
  void needsUtf8OnlyForWhatStandsBeforeTheAt() throws Exception {
    MailComposer.Composed composed = composed(plain("jörg@example.org", "Grüße", "text"));

    assertThat(composed.envelope().needsUtf8()).isTrue();
    assertThat(wire(composed.mail())).contains("To: jörg@example.org");
  }

  @Test
  void writesHeadersThatMayBeSetAndWhereToUnsubscribe() throws Exception {
    MimeMessage mail =
        sent(
            rich(
                "{\"headers\":{\"X-Priority\":\"1\",\"Keywords\":\"Grüße\"},"
                    + "\"list_unsubscribe\":[\"https://example.com/u?i=1\",\"mailto:u@example.com\"]}"));

    assertThat(mail.getHeader("X-Priority", null)).isEqualTo("1");
    assertThat(mail.getHeader("Keywords", null)).isEqualTo("=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=");
    assertThat(MimeUtility.unfold(mail.getHeader("List-Unsubscribe", null)))
        .isEqualTo("<https://example.com/u?i=1>, <mailto:u@example.com>");
    assertThat(mail.getHeader("List-Unsubscribe-Post", null))
        .isEqualTo("List-Unsubscribe=One-Click");
  }

  @Test
  void keepsPicturesWithTheHtmlAndFilesBesideBoth() throws Exception {
    byte[] bytes = "a\nb\r\n.\n".getBytes(StandardCharsets.UTF_8);
    MailComposer.Composed composed =
        composed(
            body("text", "<img src='cid:logo'>"),
            new File("logo.png", "image/png", "logo", bytes),
            new File("Größe.txt", "text/plain", null, bytes));

    MimeMessage mail = parsed(wire(composed.mail()));

    MimeMultipart mixed = (MimeMultipart) mail.getContent();
    assertThat(mixed.getContentType()).startsWith("multipart/mixed");
    MimeMultipart alternative = (MimeMultipart) mixed.getBodyPart(0).getContent();
    MimeMultipart related = (MimeMultipart) alternative.getBodyPart(1).getContent();
    assertThat(related.getContentType()).startsWith("multipart/related");
    assertThat(related.getBodyPart(1).getHeader("Content-ID")).containsExactly("<logo>");
    assertThat(mixed.getBodyPart(1).getInputStream().readAllBytes()).isEqualTo(bytes);
    assertThat(MimeUtility.decodeText(mixed.getBodyPart(1).getFileName())).isEqualTo("Größe.txt");
  }

  /** Those that consist of parts must not be encoded (RFC 2046, 5.2.1). */
  @ParameterizedTest
  @ValueSource(
      strings = {"message/rfc822", "message/delivery-status", "multipart/mixed", "text/plain"})
  void attachesFilesOfAnyTypeAsTheyAre(String type) throws Exception {
    byte[] bytes = "Subject: x\n\n.\nFrom y\r\n".getBytes(StandardCharsets.UTF_8);
    MailComposer.Composed composed =
        composed(body("text", null), new File("kept.eml", type, null, bytes));

    MimeMultipart mixed = (MimeMultipart) parsed(wire(composed.mail())).getContent();

    assertThat(mixed.getBodyPart(1).getFileName()).isEqualTo("kept.eml");
    assertThat(mixed.getBodyPart(1).getInputStream().readAllBytes()).isEqualTo(bytes);
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
        "ada@-.example",
        "ada@fa\u00df.example",
        "ada@b\u03cc\u03bb\u03bf\u03c2.example",
        "ada@exa\u200dmple.org"
      })
  void refusesAnAddressThatCannotStandInAMail(String address) {
    assertThatThrownBy(() -> compose(plain(address, "Subject", "text")))
        .isInstanceOf(TaskRejectedException.class)
        .hasMessageNotContaining("ada");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hi\r\nBcc: eve@example.org",
        "Hi\n\nbody",
        "Hi\rthere",
        "\u0000",
        "Hi \u202Egpj.exe"
      })
  void refusesASubjectThatStartsAnotherHeader(String subject) {
    assertThatThrownBy(() -> compose(plain("ada@example.org", subject, "text")))
        .isInstanceOfSatisfying(
            TaskRejectedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.HEADER_INJECTION));
  }

  private MimeMessage compose(EmailPayload payload) throws Exception {
    return composed(payload).mail();
  }

  private MailComposer.Composed composed(EmailPayload payload, File... files) throws Exception {
    MailComposer.Content content =
        new MailComposer.Content(
            Objects.requireNonNull(payload.subject()), payload.text(), payload.html());
    return composer.compose(payload, content, List.of(files), "id@example.org", CREATED);
  }

  /** What a receiver reads. */
  private MimeMessage sent(EmailPayload payload) throws Exception {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    compose(payload).writeTo(wire);
    return new MimeMessage(SESSION, new ByteArrayInputStream(wire.toByteArray()));
  }

  /** A mail with these fields beside the usual ones. */
  private static EmailPayload rich(String more) throws Exception {
    String usual = "{\"to\":\"ada@example.org\",\"subject\":\"s\",\"text\":\"t\",";
    return StrictJson.read(
        (usual + more.substring(1)).getBytes(StandardCharsets.UTF_8), EmailPayload.class);
  }

  private static MimeMessage parsed(String wire) throws Exception {
    return new MimeMessage(
        SESSION, new ByteArrayInputStream(wire.getBytes(StandardCharsets.UTF_8)));
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
