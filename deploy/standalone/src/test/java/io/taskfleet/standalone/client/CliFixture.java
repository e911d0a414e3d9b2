package io.taskfleet.standalone.client;

import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.standalone.demo.SharedFleet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A fleet, and a command line that is told of it. */
abstract class CliFixture {
  static final String EVENT = "{\"type\":\"analytics\",\"payload\":{\"name\":\"cli.it\"}}\n";

  @TempDir static Path directory;

  static SharedFleet fleet;
  static TaskfleetClient client;

  final String tag = UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws IOException {
    fleet = SharedFleet.get();
    client = fleet.client();
  }

  static CommandLine cli() {
    return new CommandLine(directory, fleet.ready());
  }

  static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
