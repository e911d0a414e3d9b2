package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class MailHttpTest {
  private static final int MAILS = 5_000;

  @Test
  void listsAllTheMailsOfALargeRunWithinTheTimeThatItsReadersWait() throws Exception {
    Mailbag mailbag = new Mailbag(MAILS, 128L << 20);
    for (int i = 0; i < MAILS; i++) {
      mailbag.add(mail(i));
    }
    MailHttp http = new MailHttp(new Ports(RandomGenerator.getDefault(), Set.of()).free(), mailbag);
    http.start();
    try {
      JsonNode page = messages(http);

      assertThat(page.path("total").asInt()).isEqualTo(MAILS);
      assertThat(page.path("messages").size()).isEqualTo(MAILS);
      assertThat(page.path("messages").get(0).path("MessageID").asString())
          .isEqualTo("task-4999@example.org");
    } finally {
      http.stop();
    }
  }

  private static JsonNode messages(MailHttp http) throws IOException, InterruptedException {
    URI uri = URI.create(http.url() + "/api/v1/messages?start=0&limit=" + MAILS);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return JsonMapper.shared().readTree(response.body());
    }
  }

  private static ReceivedMail mail(int number) {
    String source =
        """
        From: Taskfleet <fleet@example.org>\r
        To: user-%1$d@example.org\r
        Subject: Mail %1$d\r
        Message-ID: <task-%1$d@example.org>\r
        \r
        Hello."""
            .formatted(number);
    return new ReceivedMail(
        "id-" + number,
        Instant.EPOCH,
        "fleet@example.org",
        List.of("user-" + number + "@example.org"),
        source.getBytes(StandardCharsets.UTF_8));
  }
}
