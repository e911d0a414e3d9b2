package io.taskfleet.gateway;

import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What all packages share. */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {
  // One for each thing that can be stuck on a server of its own.
  private static final int BACKGROUND_THREADS = 5;

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService background() {
    ScheduledThreadPoolExecutor background =
        new ScheduledThreadPoolExecutor(
            BACKGROUND_THREADS,
            Thread.ofPlatform().daemon().name("gateway-background-", 0).factory());
    background.setRemoveOnCancelPolicy(true);
    return background;
  }
}
