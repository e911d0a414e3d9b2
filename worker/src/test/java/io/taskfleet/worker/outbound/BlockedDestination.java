package io.taskfleet.worker.outbound;

import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the file that the gateway's tests read too: a host that must not be called.
 *
 * @param submit what is said to a task that names it, or accepted
 * @param resolves the addresses of a name
 */
public record BlockedDestination(
    String host, String why, String submit, @Nullable List<String> resolves) {
  private static final Path FILE =
      Path.of("../common/src/test/resources/blocked-destinations.jsonl");

  public static List<BlockedDestination> all() throws IOException {
    return Files.readAllLines(FILE).stream()
        .map(line -> StrictJson.mapper().readValue(line, BlockedDestination.class))
        .toList();
  }

  public boolean isName() {
    return resolves != null;
  }

  /** What a resolver says; of an address, what Java reads it as. */
  InetAddress[] addresses(String asked) throws UnknownHostException {
    if (resolves == null) {
      return InetAddress.getAllByName(asked);
    }
    return resolves.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  @Override
  public String toString() {
    return why + ": " + host;
  }
}
