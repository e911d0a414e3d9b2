package io.taskfleet.bench.worker;

import io.taskfleet.bench.task.BenchTypes;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The handlers of the bench's task types. */
@Configuration(proxyBeanMethods = false)
class BenchHandlers {

  @Bean
  NoopHandler noopHandler() {
    return new NoopHandler();
  }

  @Bean
  WaitHandler waitHandler() {
    return new WaitHandler(BenchTypes.WAITED);
  }

  @Bean
  PlannedHandler plannedHandler(@Value("${bench.slow:200ms}") Duration slow) {
    return new PlannedHandler(slow);
  }
}
