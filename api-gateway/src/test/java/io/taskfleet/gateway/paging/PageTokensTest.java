package io.taskfleet.gateway.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageTokensTest {
  private static final Position PLACE =
      new Position(Instant.parse("2026-11-22T04:39:38.123456Z"), UUID.randomUUID());
  private static final PageTokens<Position> TOKENS = tokens("tasks", "acme", "email", null);
  private static final String TOKEN = TOKENS.after(PLACE);

  @Test
  void areTakenBackByTheSameList() {
    assertThat(tokens("tasks", "acme", "email", null).place(TOKEN)).contains(PLACE);
    assertThat(TOKEN).matches("[A-Za-z0-9_-]{80,100}");
  }

  @Test
  void holdIdsAndNames() {
    UUID id = UUID.randomUUID();
    PageTokens<UUID> ids = new PageTokens<>(PlaceForm.ID, "endpoints", "acme");
    PageTokens<String> names =
        new PageTokens<>(PlaceForm.name(PageTokensTest::isName), "schedules");

    assertThat(ids.place(ids.after(id))).contains(id);
    assertThat(names.place(names.after("nightly"))).contains("nightly");
    assertThat(names.place(names.after("N"))).isEmpty();
    assertThat(names.after("x".repeat(128)).length()).isLessThan(255);
  }

  @Test
  void areRefusedByOtherLists() {
    assertThat(tokens("users", "acme", "email", null).place(TOKEN)).isEmpty();
    assertThat(tokens("tasks", "other", "email", null).place(TOKEN)).isEmpty();
    assertThat(tokens("tasks", "acme", null, "email").place(TOKEN)).isEmpty();
    assertThat(tokens("tasks", "acme", "emai", "l").place(TOKEN)).isEmpty();
    assertThat(tokens("tasks", "acmeemail", null, null).place(TOKEN)).isEmpty();
    assertThat(tokens("tasks", "acme", "email").place(TOKEN)).isEmpty();
  }

  @Test
  void areRefusedWhenAnyBitOfThemWasChanged() {
    byte[] bytes = Base64.getUrlDecoder().decode(TOKEN);
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      String token = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);

      assertThat(TOKENS.place(token)).as("bit %d", bit).isEmpty();
    }
  }

  @Test
  void areRefusedWhenTheyAreGarbage() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = new byte[random.nextInt(100)];
      random.nextBytes(bytes);

      assertThat(TOKENS.place(Base64.getUrlEncoder().encodeToString(bytes)))
          .as("seed %d", seed)
          .isEmpty();
    }
    for (String token : new String[] {"", "!", "next", TOKEN + "AAAA", TOKEN.substring(4), "ä"}) {
      assertThat(TOKENS.place(token)).as(token).isEmpty();
    }
  }

  /** Whoever computes the seal still cannot ask for what Postgres does not take. */
  @Test
  void areRefusedWhenTheyNameNoPlaceAlthoughTheSealFits() {
    PlaceForm<String> anything = PlaceForm.name(text -> true);
    PageTokens<String> forger = new PageTokens<>(anything, "tasks", "acme", "email", null);
    String id = UUID.randomUUID().toString();
    for (String place :
        new String[] {
          "", "/", "1", "1/", "/" + id, "x/" + id, "-1/" + id, Long.MAX_VALUE + "/" + id, "1/1"
        }) {
      assertThat(TOKENS.place(forger.after(place))).as(place).isEmpty();
    }
    assertThat(TOKENS.place(forger.after("0/" + id))).isPresent();
  }

  private static boolean isName(String text) {
    return text.matches("[a-z]{1,128}");
  }

  private static PageTokens<Position> tokens(@Nullable Object... list) {
    return new PageTokens<>(Position.FORM, list);
  }
}
