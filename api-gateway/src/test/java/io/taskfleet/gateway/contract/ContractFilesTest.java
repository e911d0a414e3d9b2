package io.taskfleet.gateway.contract;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.node.ObjectNode;

/** The documents that are kept in the docs, and served, are those of the code. */
class ContractFilesTest {
  private static final Path DOCS = Path.of("../docs/api");

  @Test
  void theOpenApiDocumentIsThatOfTheCode() throws IOException {
    GeneratedFile.require(DOCS.resolve("openapi.json"), OpenApi.of(routes()));
  }

  @Test
  void theSchemasAreThoseOfTheRecords() throws IOException {
    ObjectNode schemas = Schemas.of(Yaml.read(OpenApi.WORDS.resolve("schemas.yaml")));
    for (Map.Entry<String, ObjectNode> file : SchemaFiles.of(schemas).entrySet()) {
      GeneratedFile.require(DOCS.resolve("schemas/" + file.getKey() + ".json"), file.getValue());
    }
  }

  @Test
  void theAsyncApiDocumentIsThatOfTheCode() throws IOException {
    GeneratedFile.require(DOCS.resolve("asyncapi.yaml"), AsyncApi.yaml(AsyncApi.document()));
  }

  /** What Spring would map, without anything being made or started. */
  static List<Route> routes() {
    try (GenericApplicationContext controllers = new GenericApplicationContext()) {
      ClassPathBeanDefinitionScanner scanner =
          new ClassPathBeanDefinitionScanner(controllers, false);
      scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
      scanner.getBeanDefinitionDefaults().setLazyInit(true);
      scanner.scan("io.taskfleet.gateway");
      controllers.refresh();
      RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
      mapping.setApplicationContext(controllers);
      mapping.afterPropertiesSet();
      return Route.of(mapping.getHandlerMethods());
    }
  }
}
