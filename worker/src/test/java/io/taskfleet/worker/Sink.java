package io.taskfleet.worker;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** A remote side outside the fleet that counts each call of an attempt, in a hash of Redis. */
final class Sink implements AutoCloseable {

  /** A call is known by the attempt that made it. */
  record Call(UUID task, int attempt) {
    private static Call of(String field) {
      int slash = field.indexOf('/');
      return new Call(
          UUID.fromString(field.substring(0, slash)), Integer.parseInt(field.substring(slash + 1)));
    }
  }

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;
  private final String name;

  Sink(String redis, String name) {
    // Unlike the fleet's own clients this one is as patient as can be: what it is told counts.
    this.client = RedisClient.create(redis);
    this.connection = client.connect();
    this.name = name;
  }

  /** Makes a call, and waits until it has been counted. */
  void call(UUID task, int attempt) {
    connection.sync().hincrby(name, task + "/" + attempt, 1);
  }

  /** How often each call was made. */
  Map<Call, Integer> calls() {
    return connection.sync().hgetall(name).entrySet().stream()
        .collect(
            Collectors.toMap(
                each -> Call.of(each.getKey()), each -> Integer.valueOf(each.getValue())));
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
