package io.taskfleet.gateway.contract;

import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ContractConfiguration {

  @Bean
  Documents documents() {
    return new Documents();
  }

  @Bean
  SwaggerUi swaggerUi() throws IOException {
    return SwaggerUi.find();
  }
}
