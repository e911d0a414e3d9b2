package io.taskfleet.gateway.timeline;

import io.taskfleet.gateway.postgres.Turns;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class TimelineConfiguration {

  @Bean
  TimelineRows timelineRows(JdbcClient jdbc, Turns turns) {
    return new TimelineRows(jdbc, turns);
  }
}
