package io.taskfleet.cli;

import io.taskfleet.client.Json;
import io.taskfleet.client.RetryPolicy;
import io.taskfleet.client.TaskfleetClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Where the gateway is and what opens it: options, then the environment, then the local fleet. */
final class Connection {
  private static final String DEFAULT_URL = "http://localhost:8080";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "the gateway (TASKFLEET_URL; else the fleet of \"up\", else " + DEFAULT_URL + ")")
  private @Nullable String url;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "a file that holds the API key (else TASKFLEET_KEY, or that of \"up\")")
  private @Nullable Path keyFile;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "the API key itself; others on this machine can see it")
  private @Nullable String key;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description = "how long to try before giving up (1m)")
  private @Nullable Duration deadline;

  /** Environment variables, and the file in which a fleet on this machine says where it is. */
  record Surroundings(Map<String, String> environment, @Nullable Path readyFile) {}

  private record Local(String url, String key) {}

  TaskfleetClient open(Surroundings surroundings) {
    Local local = local(surroundings.readyFile());
    String given = firstGiven(url, surroundings.environment().get("TASKFLEET_URL"));
    String target = given != null ? given : local != null ? local.url : DEFAULT_URL;
    // The local fleet's key is no business of any other gateway.
    String ownKey = local != null && local.url.equals(target) ? local.key : null;
    try {
      RetryPolicy policy =
          deadline == null ? RetryPolicy.DEFAULT : RetryPolicy.DEFAULT.withDeadline(deadline);
      TaskfleetClient.Builder client = TaskfleetClient.at(target).retries(policy);
      String opener = firstGiven(key(), environmentKey(surroundings.environment()), ownKey);
      return opener == null ? client.build() : client.key(opener).build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable String key() {
    if (key != null && keyFile != null) {
      throw new UsageException("Give --key or --key-file, not both");
    }
    if (keyFile == null) {
      return key;
    }
    try {
      return Files.readString(keyFile).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable String environmentKey(Map<String, String> environment) {
    return firstGiven(environment.get("TASKFLEET_KEY"), environment.get("TASKFLEET_API_KEY"));
  }

  private static @Nullable String firstGiven(@Nullable String... values) {
    for (String value : values) {
      if (value != null && !value.isBlank()) {
        return value;
      }
    }
    return null;
  }

  private static @Nullable Local local(@Nullable Path readyFile) {
    if (readyFile == null || !Files.exists(readyFile)) {
      return null;
    }
    try {
      JsonNode ready = Json.mapper().readTree(Files.readString(readyFile));
      return new Local(ready.path("url").asString(), ready.path("api_key").asString());
    } catch (IOException | JacksonException e) {
      throw new UsageException(readyFile + " cannot be read; is the fleet just starting?");
    }
  }
}
