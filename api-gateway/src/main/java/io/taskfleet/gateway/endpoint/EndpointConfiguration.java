package io.taskfleet.gateway.endpoint;

import io.taskfleet.gateway.security.AuditLog;
import io.taskfleet.secret.SealKeys;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class EndpointConfiguration {
  private static final String PRODUCTION = "production";

  @Bean
  SealKeys sealKeys(SecretProperties properties, Environment environment) {
    SealKeys keys = properties.sealKeys();
    if (environment.matchesProfiles(PRODUCTION)) {
      keys.requireFitForProduction();
    }
    return keys;
  }

  @Bean
  SigningKeys signingKeys(SealKeys seal, Clock clock) {
    return new SigningKeys(seal, clock);
  }

  @Bean
  EndpointRows endpointRows(
      JdbcClient jdbc,
      TransactionOperations transactions,
      AuditLog audit,
      EndpointProperties properties) {
    return new EndpointRows(jdbc, transactions, audit, properties);
  }
}
