package io.taskfleet.gateway.user;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedUserTest {
  private static final Instant READ_AT = Instant.parse("2026-11-22T01:02:03.456Z");
  private static final CachedUser USER = new CachedUser("{\n}".getBytes(US_ASCII), READ_AT);

  @Test
  void comesBackInItsGeneration() {
    CachedUser back = CachedUser.fromRedis(USER.toRedis("g1"), "g1").orElseThrow();

    assertThat(back.json()).isEqualTo(USER.json());
    assertThat(back.readAt()).isEqualTo(READ_AT);
  }

  @Test
  void isNothingInAnotherGeneration() {
    assertThat(CachedUser.fromRedis(USER.toRedis("g1"), "g2")).isEmpty();
    assertThat(CachedUser.fromRedis(USER.toRedis("g1"), "g")).isEmpty();
    assertThat(CachedUser.fromRedis(USER.toRedis("g1"), "g11")).isEmpty();
  }

  @Test
  void isNothingIfItIsAnythingElse() {
    for (String value : List.of("", "changed", "g1", "g1 ", "g1 \n", "g1 x\n{}", "g1 5")) {
      assertThat(CachedUser.fromRedis(value.getBytes(US_ASCII), "g1")).as(value).isEmpty();
    }
  }

  @Test
  void isNeverYoungerThanNow() {
    assertThat(USER.age(READ_AT.plusSeconds(61))).isEqualTo(61);
    assertThat(USER.age(READ_AT.minusSeconds(61))).isZero();
  }
}
