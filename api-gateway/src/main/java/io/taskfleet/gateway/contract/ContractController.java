package io.taskfleet.gateway.contract;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Hands out what describes the API to machines. */
@RestController
final class ContractController {
  private static final MediaType SCHEMA = MediaType.parseMediaType("application/schema+json");
  private static final MediaType YAML = MediaType.parseMediaType("application/yaml");
  private static final Pattern NAME = Pattern.compile("[a-z-]{1,64}");

  private final Documents documents;

  ContractController(Documents documents) {
    this.documents = documents;
  }

  @GetMapping("/v1/openapi.json")
  ResponseEntity<byte[]> openApi(
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String coding) {
    return documents.answer("openapi.json", MediaType.APPLICATION_JSON, coding);
  }

  @GetMapping("/v1/asyncapi.yaml")
  ResponseEntity<byte[]> asyncApi(
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String coding) {
    return documents.answer("asyncapi.yaml", YAML, coding);
  }

  @GetMapping("/v1/schemas/{name}.json")
  ResponseEntity<byte[]> schema(
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String coding) {
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.of(ProblemType.NOT_FOUND, "there is no document of this name");
    }
    return documents.answer("schemas/" + name + ".json", SCHEMA, coding);
  }
}
