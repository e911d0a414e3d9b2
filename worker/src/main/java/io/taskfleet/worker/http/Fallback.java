package io.taskfleet.worker.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.HttpCallPayload;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.outbound.OutboundRequest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** The last good reply to each call, for when the host is closed off. */
final class Fallback {
  /** These say which call it is, and not what is asked for. */
  private static final Set<String> OF_ONE_CALL =
      Set.of("idempotency-key", "traceparent", "tracestate");

  /** Reads what a reply is kept in, which may be as deep as a reply itself. */
  private static final ObjectReader KEPT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()
          .readerFor(Kept.class);

  private final KeptReplies replies;
  private final Duration timeToLive;
  private final Clock clock;

  Fallback(KeptReplies replies, Duration timeToLive, Clock clock) {
    this.replies = replies;
    this.timeToLive = timeToLive;
    this.clock = clock;
  }

  private record Kept(Instant at, Reply reply) {}

  void keep(String name, Reply reply) {
    replies.keep(
        name, StrictJson.mapper().writeValueAsBytes(new Kept(clock.instant(), reply)), timeToLive);
  }

  /** The last good reply, marked as stale, if it is one that this payload expects. */
  Optional<Reply> last(String name, HttpCallPayload payload) {
    return replies
        .find(name)
        .flatMap(Fallback::read)
        .filter(kept -> payload.expects(kept.reply.status()))
        .map(kept -> kept.reply.staleBy(age(kept.at)));
  }

  private Duration age(Instant since) {
    Duration age = Duration.between(since, clock.instant());
    return age.isNegative() ? Duration.ZERO : Duration.ofSeconds(age.toSeconds());
  }

  /** What an older or a newer worker has kept in another form is as good as nothing. */
  private static Optional<Kept> read(byte[] json) {
    try {
      return Optional.of(KEPT.readValue(json));
    } catch (JacksonException otherForm) {
      return Optional.empty();
    }
  }

  /** The same for calls of one tenant that ask the same thing, and for no others. */
  static String name(String tenant, HttpCallPayload payload, OutboundRequest request) {
    MessageDigest digest = sha256();
    add(digest, tenant.getBytes(UTF_8));
    add(digest, request.method().getBytes(UTF_8));
    add(digest, request.uri().toString().getBytes(UTF_8));
    callersHeaders(payload.headers())
        .forEach(
            (name, value) -> {
              add(digest, name.getBytes(UTF_8));
              add(digest, value.getBytes(UTF_8));
            });
    byte[] body = request.body();
    if (body != null) {
      digest.update((byte) 1);
      add(digest, body);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Who asks and in what form may decide what is answered. */
  private static Map<String, String> callersHeaders(@Nullable Map<String, String> given) {
    Map<String, String> headers = new TreeMap<>();
    if (given != null) {
      given.forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    }
    headers.keySet().removeAll(OF_ONE_CALL);
    return headers;
  }

  /** With its length, so that no two parts can be told as one. */
  private static void add(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
    digest.update(part);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
