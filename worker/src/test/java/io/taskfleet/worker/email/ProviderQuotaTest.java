package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.template.MailTemplate;
import io.taskfleet.worker.failure.CallRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProviderQuotaTest {

  @Test
  void asksPostgresOnceForAllWhoQueueWhileItIsAway() {
    Away records = new Away();
    ProviderQuota quota =
        new ProviderQuota(
            "one",
            new EmailProperties.Quota(100, Duration.ofDays(1)),
            records,
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    for (int i = 0; i < 64; i++) {
      assertThatThrownBy(() -> quota.take(1)).isInstanceOf(CallRefusedException.class);
    }

    assertThat(records.asked).isEqualTo(1);
  }

  private static final class Away implements EmailRecords {
    private int asked;

    @Override
    public int reserve(String provider, Instant period, int wanted, int most)
        throws CallRefusedException {
      asked++;
      throw new CallRefusedException("away", Duration.ofSeconds(2));
    }

    @Override
    public Optional<MailTemplate> template(String tenant, String name, @Nullable Integer version) {
      throw new AssertionError("nobody asks");
    }

    @Override
    public void noteUndecided(UUID task, String provider) {
      throw new AssertionError("nobody asks");
    }

    @Override
    public Optional<String> undecidedProvider(UUID task) {
      throw new AssertionError("nobody asks");
    }
  }
}
