package io.taskfleet.standalone.demo;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What Redis says. */
final class StatusCache implements AutoCloseable {
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  StatusCache(Target target) {
    client = RedisClient.create(target.redis());
    try {
      connection = client.connect();
    } catch (RuntimeException e) {
      client.shutdown();
      throw e;
    }
  }

  /** The states of those of these tasks that Redis knows. */
  Map<UUID, String> states(List<UUID> ids) {
    String[] keys = ids.stream().map(RedisKeys::task).toArray(String[]::new);
    List<KeyValue<String, String>> values = connection.sync().mget(keys);
    Map<UUID, String> states = HashMap.newHashMap(ids.size());
    for (int i = 0; i < keys.length; i++) {
      UUID id = ids.get(i);
      values
          .get(i)
          .ifHasValue(
              json -> states.put(id, StrictJson.mapper().readTree(json).path("state").asString()));
    }
    return states;
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
