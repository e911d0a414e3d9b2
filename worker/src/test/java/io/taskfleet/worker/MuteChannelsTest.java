package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MuteChannelsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final EmbeddedChannel channel = new EmbeddedChannel();

  MuteChannelsTest() {
    channel.freezeTime();
    new MuteChannels(PATIENCE).afterChannelInitialized(channel);
  }

  @Test
  void whatWasNeverAnsweredEndsTheConnectionBeforeTwiceThePatience() {
    pass(1_999);
    assertThat(channel.writeOutbound("PING")).isTrue();

    pass(PATIENCE.toMillis());
    assertThat(channel.isOpen()).as("just within its patience").isTrue();

    pass(PATIENCE.toMillis());
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anAnswerKeepsTheConnection() {
    for (int i = 0; i < 10; i++) {
      channel.writeOutbound("PING");
      pass(PATIENCE.toMillis() - 1);
      channel.writeInbound("PONG");
    }

    pass(PATIENCE.toMillis() * 10);

    assertThat(channel.isOpen()).as("nothing was sent after the last answer").isTrue();
    assertThat(channel.<String>readInbound()).isEqualTo("PONG");
  }

  @Test
  void silenceOnBothSidesKeepsTheConnection() {
    pass(PATIENCE.toMillis() * 10);

    assertThat(channel.isOpen()).isTrue();
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}
