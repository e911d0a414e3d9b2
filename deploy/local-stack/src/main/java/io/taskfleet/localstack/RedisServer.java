package io.taskfleet.localstack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A Redis server. It saves its keys when it is stopped and loads them when it starts; a kill loses
 * what was written since the last save, as it may in production.
 */
public final class RedisServer extends HostedServer {
  static final List<String> SETTINGS =
      List.of(
          "--dbfilename",
          "redis.rdb",
          "--save",
          "3600",
          "1",
          "--appendonly",
          "no",
          "--stop-writes-on-bgsave-error",
          "no");

  RedisServer(int port, ServerHost host) {
    super("Redis", port, host);
  }

  /** The address as clients want it, {@code redis://127.0.0.1:port}. */
  public String uri() {
    return "redis://127.0.0.1:" + port();
  }

  static boolean answersPing(int port) {
    try (Socket client = new Socket()) {
      client.setSoTimeout(1000);
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      client.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] reply = client.getInputStream().readNBytes(5);
      return "+PONG".equals(new String(reply, StandardCharsets.US_ASCII));
    } catch (IOException notYet) {
      return false;
    }
  }
}
