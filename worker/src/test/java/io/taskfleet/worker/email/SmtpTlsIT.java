package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskfleet.worker.SelfSignedTls;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that is worth a secret is said to a server before it has proved who it is. */
@Timeout(30)
class SmtpTlsIT {
  private static SelfSignedTls known;
  private static SelfSignedTls ofAnother;

  @BeforeAll
  static void makeCertificates() throws Exception {
    known = new SelfSignedTls("ip:127.0.0.1");
    ofAnother = new SelfSignedTls("ip:127.0.0.77");
  }

  @ParameterizedTest
  @ValueSource(strings = {"starttls", "tls"})
  void sendsOverTls(String how) throws Exception {
    try (ScriptedSmtp server = server(known, how);
        SmtpClient client = client(server, how, known.trusting(), Map.of())) {
      assertThat(SmtpClientIT.send(client, true)).allMatch(RecipientReply::isAccepted);
      assertThat(SmtpClientIT.send(client, true)).allMatch(RecipientReply::isAccepted);

      assertThat(server.taken()).hasSize(2);
      assertThat(server.connections()).isEqualTo(1);
      if (how.equals("starttls")) {
        assertThat(server.commands()).startsWith("EHLO", "STARTTLS", "EHLO", "AUTH");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"starttls", "tls"})
  void saysNothingToAServerThatNobodyVouchesFor(String how) throws Exception {
    assertNothingIsSaid(how, known, ofAnother.trusting());
  }

  @ParameterizedTest
  @ValueSource(strings = {"starttls", "tls"})
  void saysNothingToAServerOfAnotherName(String how) throws Exception {
    assertNothingIsSaid(how, ofAnother, ofAnother.trusting());
  }

  @Test
  void authenticatesWithATokenWhereThatIsWanted() throws Exception {
    try (ScriptedSmtp server = server(known, "tls")) {
      server.answer("EHLO", "250-here\r\n250 AUTH PLAIN XOAUTH2");
      try (SmtpClient client =
          client(server, "tls", known.trusting(), Map.of("authentication", "XOAUTH2"))) {
        assertThat(SmtpClientIT.send(client, true)).allMatch(RecipientReply::isAccepted);

        assertThat(server.mechanisms()).containsExactly("XOAUTH2");
      }
    }
  }

  private static void assertNothingIsSaid(
      String how, SelfSignedTls certificate, SSLSocketFactory trusting) throws Exception {
    try (ScriptedSmtp server = server(certificate, how);
        SmtpClient client = client(server, how, trusting, Map.of())) {
      Throwable thrown = catchThrowable(() -> SmtpClientIT.send(client, true));

      assertThat(thrown).isNotNull();
      assertThat(server.commands())
          .noneMatch(each -> each.startsWith("AUTH") || each.startsWith("MAIL"));
      assertThat(server.ended()).isEmpty();
    }
  }

  private static ScriptedSmtp server(SelfSignedTls certificate, String how) throws Exception {
    ScriptedSmtp server = new ScriptedSmtp(certificate.server(), how.equals("tls"));
    if (how.equals("starttls")) {
      server.answer("EHLO", "250-here\r\n250 STARTTLS", "250-here\r\n250 AUTH PLAIN");
      server.answer("STARTTLS", "220 go ahead");
    }
    return server;
  }

  private static SmtpClient client(
      ScriptedSmtp server, String how, SSLSocketFactory trusting, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("tls", how.toUpperCase(Locale.ROOT));
    settings.put("username", "user");
    settings.put("password", "password");
    return new SmtpClient(
        MailServers.properties(server.port(), settings).servers().getFirst(),
        "client.example",
        Duration.ofMinutes(1),
        trusting,
        Clock.systemUTC());
  }
}
