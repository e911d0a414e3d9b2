package io.taskfleet.gateway.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final Instant AT = Instant.parse("2026-11-22T01:02:03.456789Z");
  private static final UUID ID = UUID.fromString("0193536d-0000-7000-8000-000000000001");

  @Test
  void goesOnWhereThePageBeforeEnded() {
    Page first = Page.of("list", "2", null);

    String token = first.next(List.of("a", "b", "c"), row -> AT, row -> ID);

    assertThat(first.shown(List.of("a", "b", "c"))).containsExactly("a", "b");
    assertThat(token).isNotNull();
    Page second = Page.of("list", "2", token);
    assertThat(second.at()).isEqualTo(AT);
    assertThat(second.before()).isEqualTo(ID);
    assertThat(second.next(List.of("c", "d"), row -> AT, row -> ID)).isNull();
  }

  @Test
  void isOfOneListOnly() {
    String token = Page.of("list", "1", null).next(List.of("a", "b"), row -> AT, row -> ID);

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> Page.of("other", "1", token));
  }
}
