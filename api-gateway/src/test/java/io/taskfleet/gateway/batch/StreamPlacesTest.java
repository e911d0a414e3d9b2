package io.taskfleet.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamPlacesTest {
  @Test
  void noTenantHoldsMoreThanHalf() {
    StreamPlaces places = new StreamPlaces(5);

    assertThat(places.take("a")).isTrue();
    assertThat(places.take("a")).isTrue();
    assertThat(places.take("a")).isFalse();
    assertThat(places.take("b")).isTrue();

    places.leave("a");
    assertThat(places.take("a")).isTrue();
    assertThat(places.take("a")).isFalse();
  }

  @Test
  void allTenantsTogetherHoldSoManyAndNoMore() {
    StreamPlaces places = new StreamPlaces(4);
    for (String tenant : new String[] {"a", "a", "b", "c"}) {
      assertThat(places.take(tenant)).as(tenant).isTrue();
    }

    assertThat(places.take("d")).isFalse();

    places.leave("b");
    assertThat(places.take("d")).isTrue();
    assertThat(places.take("b")).isFalse();
  }

  @Test
  void aTenantMayHaveTheOnlyOne() {
    StreamPlaces places = new StreamPlaces(1);
    assertThat(places.take("a")).isTrue();
    assertThat(places.take("b")).isFalse();

    places.leave("a");

    assertThat(places.take("b")).isTrue();
  }
}
