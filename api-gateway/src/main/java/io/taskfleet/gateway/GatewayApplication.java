package io.taskfleet.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;

/** The gateway process. Errors are answered by {@code web} alone, so Boot's error page is out. */
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@ConfigurationPropertiesScan
public class GatewayApplication {

  /** Starts the gateway and leaves it running. */
  public static void main(String[] args) {
    SpringApplication.run(GatewayApplication.class, args);
  }
}
