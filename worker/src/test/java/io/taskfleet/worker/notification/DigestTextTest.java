package io.taskfleet.worker.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.NotificationPayload;
import io.taskfleet.wire.PayloadReader;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DigestTextTest {
  private static final String USER = UUID.randomUUID().toString();
  private static final UUID FIRST = new UUID(0, 1);
  private static final UUID SECOND = new UUID(0, 2);

  private final NotificationPayload digest =
      NotificationPayload.toUser("Digest", null, null, USER, List.of("email"));

  @Test
  void bringsOneAsItCame() {
    NotificationPayload whole = of(1, new Digests.Item(FIRST, "Title", "Hello", "{\"a\":1}"));

    assertThat(whole.title()).isEqualTo("Title");
    assertThat(whole.message()).isEqualTo("Hello");
    assertThat(whole.data()).hasToString("{\"a\":1}");
    assertThat(whole.userId()).isEqualTo(USER);
    assertThat(whole.channels()).containsExactly("email");
  }

  @Test
  void listsSeveral() {
    NotificationPayload whole =
        of(
            2,
            new Digests.Item(FIRST, "Title", "Hello", "{\"a\":1}"),
            new Digests.Item(SECOND, null, "There", null));

    assertThat(whole.title()).isEqualTo("2 notifications");
    assertThat(whole.message()).isEqualTo("Title: Hello\nThere");
    assertThat(whole.data())
        .hasToString(
            """
            {"total":2,"notifications":[{"id":"%s","title":"Title","message":"Hello"},\
            {"id":"%s","message":"There"}]}"""
                .formatted(FIRST, SECOND));
  }

  @Test
  void isAlwaysANotificationThatMayBeSentHoweverMuchWasCollected() throws Exception {
    String longest = "😀".repeat(5_000);
    Digests.Item[] items =
        IntStream.range(0, 100)
            .mapToObj(i -> new Digests.Item(new UUID(1, i), "x".repeat(200), longest, "{}"))
            .toArray(Digests.Item[]::new);

    NotificationPayload whole = of(1_000, items);

    try (PayloadReader rules = new PayloadReader()) {
      assertThat(rules.requireValid(whole)).isSameAs(whole);
    }
    assertThat(whole.message()).endsWith("…").doesNotContain("\uD83D…");
    ObjectNode data = Objects.requireNonNull(whole.data());
    assertThat(data.get("total").asInt()).isEqualTo(1_000);
    assertThat(data.get("notifications").size()).isGreaterThan(20);
  }

  private NotificationPayload of(int total, Digests.Item... items) {
    return DigestText.of(new Digests.Collected(List.of(items), total), digest);
  }
}
