package io.taskfleet.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskIdsTest {

  @Test
  void aNewIdSaysWhenItWasMadeAndAnIdOfAKeyDoesNot() {
    Instant now = Instant.parse("2026-11-22T01:02:03.004Z");

    assertThat(TaskIds.timeOf(TaskIds.next(Clock.fixed(now, ZoneOffset.UTC)))).contains(now);
    assertThat(TaskIds.timeOf(TaskIds.fromIdempotencyKey("acme", "1"))).isEmpty();
  }

  @Test
  void newIdsAreVersion7AndCarryTheTime() {
    Instant now = Instant.parse("2026-11-21T12:00:00.123Z");

    UUID id = TaskIds.next(Clock.fixed(now, ZoneOffset.UTC));

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(now.toEpochMilli());
  }

  @Test
  void newIdsOfOneMillisecondDiffer() {
    Clock stopped = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    Set<UUID> ids = new HashSet<>();

    for (int i = 0; i < 10_000; i++) {
      ids.add(TaskIds.next(stopped));
    }

    assertThat(ids).hasSize(10_000);
  }

  @Test
  void anIdempotencyKeyIsTheSameTaskForOneTenantOnly() {
    UUID id = TaskIds.fromIdempotencyKey("acme", "order-1");

    assertThat(id.version()).isEqualTo(8);
    assertThat(TaskIds.fromIdempotencyKey("acme", "order-1")).isEqualTo(id);
    assertThat(TaskIds.fromIdempotencyKey("acme", "order-2")).isNotEqualTo(id);
    assertThat(TaskIds.fromIdempotencyKey("other", "order-1")).isNotEqualTo(id);
  }

  @Test
  void aRecordsPlaceNamesItAcrossTopicsOfTheSameName() {
    UUID id = TaskIds.fromRecord("topic-a", 1, 2);

    assertThat(TaskIds.fromRecord("topic-a", 1, 2)).isEqualTo(id);
    assertThat(TaskIds.fromRecord("topic-b", 1, 2)).isNotEqualTo(id);
    assertThat(TaskIds.fromRecord("topic-a", 12, 2)).isNotEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1-1-1-1-1",
        "01890A5D-AC96-774B-BCCE-B302099A8057",
        "01890a5d-ac96-774b-bcce-b302099a805",
        "01890a5d-ac96-774b-bcce-b302099a8057 ",
        "zzzzzzzz-ac96-774b-bcce-b302099a8057"
      })
  void onlyTheCanonicalFormIsAnId(String text) {
    assertThat(TaskIds.parse(text)).isEmpty();
  }

  /** Written down: another id for the same firing would fire it twice after an upgrade. */
  @Test
  void aFiringOfAScheduleIsTheSameTaskForEver() {
    UUID schedule = UUID.fromString("019a8b1e-0000-7000-8000-000000000001");
    Instant firing = Instant.parse("2026-11-22T02:30:00Z");

    UUID id = TaskIds.fromSchedule(schedule, firing);

    assertThat(id).hasToString("cfb9be05-3d74-8867-9232-a029cd9cd7c1");
    assertThat(TaskIds.fromSchedule(schedule, firing.plusSeconds(1))).isNotEqualTo(id);
    assertThat(TaskIds.fromSchedule(new UUID(0, 1), firing)).isNotEqualTo(id);
  }
}
