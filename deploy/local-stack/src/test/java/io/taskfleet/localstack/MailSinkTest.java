package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class MailSinkTest {
  private static final String MAIL =
      """
      From: "Task Fleet" <fleet@example.org>\r
      To: Ada <ada@example.org>, bob@example.org\r
      Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r
      Message-ID: <task-1@example.org>\r
      \r
      Hello.""";

  private MailSink sink;

  @BeforeEach
  void start() {
    Ports ports = new Ports(RandomGenerator.getDefault(), Set.of());
    sink = new MailSink(ports.free(), ports.free());
    sink.start();
  }

  @AfterEach
  void close() {
    sink.close();
  }

  @Test
  void keepsWhatItReceives() throws IOException {
    send("ada@example.org", MAIL);

    ReceivedMail mail = sink.message("<task-1@example.org>").orElseThrow();
    assertThat(mail.messageId()).isEqualTo("task-1@example.org");
    assertThat(mail.sender()).isEqualTo("fleet@example.org");
    assertThat(mail.recipients()).containsExactly("ada@example.org");
    assertThat(mail.from()).isEqualTo(new ReceivedMail.Mailbox("Task Fleet", "fleet@example.org"));
    assertThat(mail.to())
        .extracting(ReceivedMail.Mailbox::address)
        .containsExactly("ada@example.org", "bob@example.org");
    assertThat(mail.subject()).isEqualTo("Grüße");
    assertThat(mail.source()).startsWith("From: \"Task Fleet\"").contains("\r\n\r\nHello.");
  }

  @Test
  void refusesRecipientsThatAskForIt() throws IOException {
    try (SmtpClient client = client()) {
      client.say("MAIL FROM:<fleet@example.org>");

      assertThat(client.say("RCPT TO:<refused.ada@example.org>"))
          .isEqualTo("550 5.1.1 mailbox unavailable");
      assertThat(client.say("RCPT TO:<ada@example.org>")).startsWith("250");
    }
    assertThat(sink.received()).isZero();
  }

  @Test
  void answersAsATestDecides() throws IOException {
    sink.answer(
        recipient ->
            recipient.startsWith("busy")
                ? new SmtpReply(450, "4.2.0 try later")
                : new SmtpReply(421, "4.3.2 closing"));

    try (SmtpClient client = client()) {
      client.say("MAIL FROM:<fleet@example.org>");
      assertThat(client.say("RCPT TO:<busy@example.org>")).isEqualTo("450 4.2.0 try later");
      assertThat(client.say("RCPT TO:<ada@example.org>")).isEqualTo("421 4.3.2 closing");
      assertThat(client.say("NOOP")).as("the connection is closed").isEmpty();
    }
  }

  @Test
  void listsMailsOverHttpTheNewestFirst() throws Exception {
    send("ada@example.org", MAIL);
    send("ada@example.org", MAIL.replace("task-1", "task-2"));
    send("ada@example.org", MAIL.replace("task-1", "task-3"));

    JsonNode page = json(get("/api/v1/messages?limit=1&start=1").body());

    assertThat(page.get("total").intValue()).isEqualTo(3);
    assertThat(page.get("messages").size()).isEqualTo(1);
    JsonNode mail = page.get("messages").get(0);
    assertThat(mail.get("MessageID").stringValue()).isEqualTo("task-2@example.org");
    assertThat(mail.get("From").get("Name").stringValue()).isEqualTo("Task Fleet");
    assertThat(mail.get("From").get("Address").stringValue()).isEqualTo("fleet@example.org");
    assertThat(mail.get("To").get(1).get("Address").stringValue()).isEqualTo("bob@example.org");
    assertThat(mail.get("Subject").stringValue()).isEqualTo("Grüße");
    assertThat(get("/api/v1/message/" + mail.get("ID").stringValue() + "/raw").body())
        .contains("Message-ID: <task-2@example.org>");
  }

  @Test
  void forgetsMailsOverHttpButNotHowManyThereWere() throws Exception {
    send("ada@example.org", MAIL);

    HttpResponse<String> reply =
        exchange(HttpRequest.newBuilder(uri("/api/v1/messages")).DELETE().build());

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(json(get("/api/v1/messages").body()).get("total").intValue()).isZero();
    assertThat(sink.received()).isEqualTo(1);
  }

  @Test
  void answersProbesAndNothingUnknown() throws Exception {
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/api/v1/message/none/raw").statusCode()).isEqualTo(404);
    assertThat(get("/api/v1/messages?limit=x").statusCode()).isEqualTo(400);
  }

  @Test
  void comesBackOnItsPortWithItsMails() throws IOException {
    send("ada@example.org", MAIL);

    sink.stop();

    assertThatThrownBy(this::client).isInstanceOf(IOException.class);

    sink.start();
    send("ada@example.org", MAIL);
    assertThat(sink.messages()).hasSize(2);
  }

  private SmtpClient client() throws IOException {
    return new SmtpClient(sink.port());
  }

  private void send(String to, String source) throws IOException {
    try (SmtpClient client = client()) {
      client.send("fleet@example.org", to, source);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return exchange(HttpRequest.newBuilder(uri(path)).build());
  }

  private URI uri(String path) {
    return URI.create(sink.url() + path);
  }

  private static HttpResponse<String> exchange(HttpRequest request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static JsonNode json(String body) {
    return JsonMapper.shared().readTree(body);
  }
}
