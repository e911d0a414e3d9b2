package io.taskfleet.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.RedisKeys;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Waiting for a task with a Redis that does not tell of changes. */
class UntrackedStatusIT {

  @Test
  void waitsUntilTheTaskHasEnded() {
    URI redis = URI.create(SharedLocalStack.get().redisUri());
    try (RedisClient administrator = RedisClient.create(redis.toString())) {
      RedisCommands<String, String> commands = administrator.connect().sync();
      commands.dispatch(
          CommandType.ACL,
          new StatusOutput<>(StringCodec.UTF8),
          new CommandArgs<>(StringCodec.UTF8)
              .add("SETUSER")
              .add("untracked")
              .add("on")
              .add(">secret")
              .add("~*")
              .add("&*")
              .add("+@all")
              .add("-client"));
      String limited = "redis://untracked:secret@" + redis.getAuthority();
      try (TestGateway gateway =
          TestGateway.onSharedServers(
              "untracked",
              Map.of("taskfleet.redis.url", limited, "taskfleet.status.rows-every", "1h"))) {
        answersTheEnd(gateway, commands);
      }
    }
  }

  private static void answersTheEnd(TestGateway gateway, RedisCommands<String, String> redis) {
    GatewayClient client = new GatewayClient(gateway.url(), TestGateway.KEY);
    String event = "{\"name\":\"a\",\"user_id\":\"u1\"}";
    String id = GatewayClient.json(client.post("/v1/analytics/events", event)).get("id").asString();
    gateway.awaitNoted(id);
    CompletableFuture<HttpResponse<String>> waiting =
        CompletableFuture.supplyAsync(() -> client.get("/v1/tasks/" + id + "?wait=20s"));
    Awaitility.await().until(() -> gateway.bean(TaskWatcher.class).isWatched(UUID.fromString(id)));

    long ended = System.nanoTime();
    String key = RedisKeys.task(UUID.fromString(id));
    redis.set(key, redis.get(key).replace("\"queued\"", "\"succeeded\""));

    assertThat(GatewayClient.json(waiting.join()).get("state").asString()).isEqualTo("succeeded");
    assertThat(Duration.ofNanos(System.nanoTime() - ended)).isLessThan(Duration.ofSeconds(2));
    assertThat(redis.aclWhoami()).isEqualTo("default");
    assertThat(redis.aclLog().toString()).contains("client", "untracked");
  }
}
