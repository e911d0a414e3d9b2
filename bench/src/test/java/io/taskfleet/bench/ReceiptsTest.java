package io.taskfleet.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReceiptsTest {
  private final UUID first = UUID.randomUUID();
  private final UUID second = UUID.randomUUID();
  private final Receipts receipts = new Receipts();

  @Test
  void nothingIsMissingWhenEachIsThereAndOthersAre() {
    accept("{\"id\":\"%s\",\"type\":\"analytics\"}".formatted(first));
    accept("{\"id\":\"%s\",\"type\":\"analytics\"}".formatted(second));

    assertThat(receipts.missingIn(Set.of(first, second, UUID.randomUUID()))).isEmpty();
  }

  @Test
  void oneThatWasRefusedAndIsThereAllTheSameStandsInForNoneThatWasAccepted() {
    accept("{\"id\":\"%s\",\"type\":\"analytics\"}".formatted(first));
    accept("{\"id\":\"%s\",\"type\":\"analytics\"}".formatted(second));
    UUID refused = UUID.randomUUID();

    assertThat(receipts.missingIn(Set.of(first, refused))).containsExactly(second);
  }

  @Test
  void anAnswerToManyNamesEachThatWasAccepted() {
    List<String> accepted =
        List.of(
            "{\"index\":0,\"id\":\"%s\"}".formatted(first),
            "{\"index\":2,\"id\":\"%s\"}".formatted(second));
    accept(
        "{\"accepted\":[%s],\"refused\":[{\"index\":1,\"errors\":[]}]}"
            .formatted(String.join(",", accepted)));

    assertThat(receipts.tasks()).containsExactlyInAnyOrder(first, second);
  }

  private void accept(String answer) {
    receipts.add(answer.getBytes(UTF_8));
  }
}
