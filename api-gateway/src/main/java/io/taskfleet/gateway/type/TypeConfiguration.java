package io.taskfleet.gateway.type;

import io.taskfleet.wire.PayloadReader;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class TypeConfiguration {

  @Bean
  TypeCatalog typeCatalog(
      PayloadReader payloads,
      JdbcClient jdbc,
      TypeProperties properties,
      ScheduledExecutorService background) {
    TypeCatalog catalog = new TypeCatalog(payloads, new TypeRows(jdbc));
    var _ =
        background.scheduleWithFixedDelay(
            catalog::renew, 0, properties.renewInterval().toMillis(), TimeUnit.MILLISECONDS);
    return catalog;
  }
}
