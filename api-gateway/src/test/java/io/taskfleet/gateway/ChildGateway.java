package io.taskfleet.gateway;

import io.taskfleet.localstack.LocalStack;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A gateway in a process of its own, so that it can be killed. */
public final class ChildGateway implements AutoCloseable {
  private final Process process;
  private final int port;

  private ChildGateway(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one; what it logs goes to a file of the build. */
  public static ChildGateway start(LocalStack servers, String jdbcUrl, Map<String, String> settings)
      throws IOException {
    int port = freePort();
    Map<String, String> all = new HashMap<>(settings);
    all.put("server.port", Integer.toString(port));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayApplication.class.getName()));
    command.addAll(TestGateway.arguments(servers, jdbcUrl, all));
    Path log = Files.createTempFile(Files.createDirectories(Path.of("target")), "gateway-", ".log");
    return new ChildGateway(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()))
            .start(),
        port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Where the gateway listens. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The process is gone at once, with everything it had under way. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
