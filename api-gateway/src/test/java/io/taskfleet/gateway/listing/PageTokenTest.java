package io.taskfleet.gateway.listing;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.TaskState;
import java.time.Instant;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageTokenTest {
  private static final Position PLACE =
      new Position(Instant.parse("2026-11-22T04:39:38.123456Z"), UUID.randomUUID());
  private static final TaskFilter FILTER = filter("email", null);
  private static final String TOKEN = PageToken.of("acme", FILTER, PLACE);

  @Test
  void isTakenBackByTheSameListing() {
    assertThat(PageToken.read(TOKEN, "acme", filter("email", null))).contains(PLACE);
    assertThat(TOKEN).matches("[A-Za-z0-9_-]{55}");
  }

  @Test
  void isRefusedByOtherListings() {
    assertThat(PageToken.read(TOKEN, "other", FILTER)).isEmpty();
    assertThat(PageToken.read(TOKEN, "acme", filter(null, "email"))).isEmpty();
    assertThat(PageToken.read(TOKEN, "acme", filter("emai", "l"))).isEmpty();
    assertThat(
            PageToken.read(
                TOKEN, "acme", new TaskFilter(TaskState.DEAD, "email", null, null, null, null)))
        .isEmpty();
  }

  @Test
  void isRefusedWhenAnyBitOfItWasChanged() {
    byte[] bytes = Base64.getUrlDecoder().decode(TOKEN);
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      String token = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);

      assertThat(PageToken.read(token, "acme", FILTER)).as("bit %d", bit).isEmpty();
    }
  }

  @Test
  void isRefusedWhenItIsGarbage() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);

      assertThat(PageToken.read(Base64.getUrlEncoder().encodeToString(bytes), "acme", FILTER))
          .as("seed %d", seed)
          .isEmpty();
    }
    for (String token : new String[] {"", "!", "next", TOKEN + "A", TOKEN.substring(1), "ä"}) {
      assertThat(PageToken.read(token, "acme", FILTER)).as(token).isEmpty();
    }
  }

  private static TaskFilter filter(@Nullable String type, @Nullable String key) {
    return new TaskFilter(null, type, null, key, null, null);
  }
}
