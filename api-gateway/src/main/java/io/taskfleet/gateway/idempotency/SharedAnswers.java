package io.taskfleet.gateway.idempotency;

import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What all gateways know of requests with a key, in Redis. Nothing here fails: what Redis does not
 * tell in time is not known, and what it does not take is forgotten.
 */
final class SharedAnswers {
  // Each changes nothing that somebody else has claimed or answered meanwhile.
  private static final String KEEP =
      """
      local known = redis.call('get', KEYS[1])
      if not known or known == ARGV[1] then
        redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
      end
      return 1
      """;
  private static final String RELEASE =
      """
      if redis.call('get', KEYS[1]) == ARGV[1] then
        redis.call('del', KEYS[1])
      end
      return 1
      """;

  private final RedisConnection redis;
  private final IdempotencyProperties properties;
  private final AtomicLong bytesUnderWay = new AtomicLong();

  SharedAnswers(RedisConnection redis, IdempotencyProperties properties) {
    this.redis = redis;
    this.properties = properties;
  }

  /**
   * Claims the name for this request.
   *
   * @return what another request has claimed or answered under it; empty if none has, or it is not
   *     known
   */
  Optional<KnownRequest> claim(UUID name, KnownRequest mine) {
    byte[] claim = json(mine);
    String key = RedisKeys.idempotency(name);
    return redis
        .ask(
            commands -> {
              var _ = commands.set(key, claim, SetArgs.Builder.nx().px(properties.lease()));
              // In the same round trip: the claim itself, if it was taken.
              return commands.get(key);
            })
        .filter(found -> !Arrays.equals(found, claim))
        .flatMap(SharedAnswers::parse);
  }

  /** Lets everybody repeat the answer. */
  void keep(UUID name, KnownRequest mine, KnownRequest answered) {
    byte[] json = json(answered);
    byte[] millis = Long.toString(properties.keep().toMillis()).getBytes(StandardCharsets.US_ASCII);
    eval(KEEP, name, json(mine), json, millis);
  }

  /** Lets the next request be the first. */
  void release(UUID name, KnownRequest mine) {
    eval(RELEASE, name, json(mine));
  }

  private void eval(String script, UUID name, byte[]... arguments) {
    long bytes = Arrays.stream(arguments).mapToLong(each -> each.length).sum();
    String[] keys = {RedisKeys.idempotency(name)};
    redis
        .commands()
        .ifPresent(
            commands -> {
              if (bytesUnderWay.addAndGet(bytes) > properties.writesUnderWay().toBytes()) {
                bytesUnderWay.addAndGet(-bytes);
                return;
              }
              try {
                commands
                    .eval(script, ScriptOutputType.INTEGER, keys, arguments)
                    .whenComplete((done, failure) -> bytesUnderWay.addAndGet(-bytes));
              } catch (RedisException refused) {
                bytesUnderWay.addAndGet(-bytes);
              }
            });
  }

  private static byte[] json(KnownRequest request) {
    return StrictJson.mapper().writeValueAsBytes(request);
  }

  private static Optional<KnownRequest> parse(byte @Nullable [] json) {
    try {
      return json == null
          ? Optional.empty()
          : Optional.of(StrictJson.mapper().readValue(json, KnownRequest.class));
    } catch (JacksonException notOurs) {
      // Of another version perhaps; the ids of the tasks are the same anyway.
      return Optional.empty();
    }
  }
}
