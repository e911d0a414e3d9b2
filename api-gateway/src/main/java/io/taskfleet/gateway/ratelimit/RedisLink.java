package io.taskfleet.gateway.ratelimit;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.Optional;

/** The way to Redis, as far as there is one. */
@FunctionalInterface
public interface RedisLink {
  /** Commands, if Redis answers; the same object for as long as the connection is the same. */
  Optional<RedisAsyncCommands<String, byte[]>> commands();
}
