package io.taskfleet.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A file that is made from the code. With {@code -Dcontract.renew=true} it is written anew. */
final class GeneratedFile {
  private static final String RENEW =
      "./fleet test -pl common,deploy/local-stack,api-gateway -Dtest=ContractFilesTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -Dcontract.renew=true";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .defaultPrettyPrinter(
              new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
          .build();

  private GeneratedFile() {}

  static void require(Path file, JsonNode expected) throws IOException {
    require(file, JSON.writeValueAsString(expected) + "\n");
  }

  /** Fails if the file holds anything else, and says how to renew it. */
  static void require(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("contract.renew")) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, expected);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s is not what the code says. Renew it: %s", file, RENEW)
        .isEqualTo(expected);
  }
}
