package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MailbagTest {

  @Test
  void dropsTheOldestBeyondItsNumber() {
    Mailbag mailbag = new Mailbag(2, 1_000);

    mailbag.add(mail("a", 1));
    mailbag.add(mail("b", 1));
    mailbag.add(mail("c", 1));

    assertThat(ids(mailbag)).containsExactly("c", "b");
    assertThat(mailbag.received()).isEqualTo(3);
  }

  @Test
  void dropsTheOldestBeyondItsBytes() {
    Mailbag mailbag = new Mailbag(10, 100);

    mailbag.add(mail("a", 60));
    mailbag.add(mail("b", 60));

    assertThat(ids(mailbag)).containsExactly("b");
  }

  @Test
  void keepsTheNewestHoweverLarge() {
    Mailbag mailbag = new Mailbag(10, 100);

    mailbag.add(mail("a", 500));

    assertThat(ids(mailbag)).containsExactly("a");
  }

  private static List<String> ids(Mailbag mailbag) {
    return mailbag.newestFirst().stream().map(ReceivedMail::id).toList();
  }

  private static ReceivedMail mail(String id, int size) {
    return new ReceivedMail(id, Instant.EPOCH, "", List.of(), new byte[size]);
  }
}
