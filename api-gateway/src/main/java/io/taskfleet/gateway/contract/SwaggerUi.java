package io.taskfleet.gateway.contract;

import java.io.IOException;
import java.util.Properties;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * The web jar of Swagger UI.
 *
 * @param folder where its files are on the class path
 */
record SwaggerUi(String folder) {
  private static final String ABOUT = "META-INF/maven/org.webjars/swagger-ui/pom.properties";

  /** The one on the class path, whatever its version. */
  static SwaggerUi find() throws IOException {
    Properties about = PropertiesLoaderUtils.loadProperties(new ClassPathResource(ABOUT));
    return new SwaggerUi("/META-INF/resources/webjars/swagger-ui/" + about.getProperty("version"));
  }
}
