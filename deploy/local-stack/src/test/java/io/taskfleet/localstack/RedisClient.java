package io.taskfleet.localstack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Just enough of a Redis client: inline commands, replies on one line. */
final class RedisClient {
  private RedisClient() {}

  static void set(RedisServer redis, String key, String value) throws IOException {
    ask(redis, "SET " + key + " " + value, 1);
  }

  static String get(RedisServer redis, String key) throws IOException {
    return ask(redis, "GET " + key, 2);
  }

  private static String ask(RedisServer redis, String command, int lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
        BufferedReader replies =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      String line = "";
      for (int i = 0; i < lines; i++) {
        line = replies.readLine();
      }
      return line;
    }
  }
}
