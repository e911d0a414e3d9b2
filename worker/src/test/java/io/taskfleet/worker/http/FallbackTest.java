package io.taskfleet.worker.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.HttpCallPayload;
import io.taskfleet.task.HttpCallPayload.Method;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.outbound.OutboundReply;
import io.taskfleet.worker.outbound.OutboundRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FallbackTest {
  private static final String URL = "https://api.example/rates";

  private final Map<String, byte[]> kept = new HashMap<>();
  private final Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
  private final Fallback fallback =
      new Fallback(
          new KeptReplies() {
            @Override
            public void keep(String name, byte[] reply, Duration timeToLive) {
              kept.put(name, reply);
            }

            @Override
            public Optional<byte[]> find(String name) {
              return Optional.ofNullable(kept.get(name));
            }
          },
          Duration.ofHours(1),
          clock);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 29, 30, 31, 32, 33, 100})
  void findsAReplyHoweverDeepItIs(int depth) {
    String body = "[".repeat(depth) + "1.50" + "]".repeat(depth);
    Reply fresh = Reply.of(new OutboundReply(200, null, body.getBytes(UTF_8), false));

    fallback.keep("name", fresh);

    assertThat(fallback.last("name", payload(Method.GET, URL, Map.of())).map(FallbackTest::json))
        .hasValue(json(fresh.staleBy(Duration.ZERO)));
  }

  @Test
  void findsTextAndBytes() {
    byte[] bytes = {(byte) 0x89, 'P', 'N', 'G', 0};
    for (byte[] body : List.of("größer".getBytes(UTF_8), bytes, new byte[0])) {
      Reply fresh = Reply.of(new OutboundReply(200, null, body, true));

      fallback.keep("name", fresh);

      assertThat(fallback.last("name", payload(Method.GET, URL, Map.of())).map(FallbackTest::json))
          .hasValue(json(fresh.staleBy(Duration.ZERO)));
    }
  }

  @Test
  void findsNothingInAnotherForm() {
    for (String other :
        List.of("", "x", "[]", "{\"at\":\"1970-01-01T00:00:00Z\",\"status\":200}")) {
      kept.put("name", other.getBytes(UTF_8));

      assertThat(fallback.last("name", payload(Method.GET, URL, Map.of()))).as(other).isEmpty();
    }
  }

  private static String json(Reply reply) {
    return StrictJson.mapper().writeValueAsString(reply);
  }

  @Test
  void callsThatAskTheSameShareAName() {
    String name = name("acme", Method.GET, URL, Map.of("Accept", "text/csv"), null);

    assertThat(name("acme", Method.GET, URL, Map.of("accept", "text/csv"), null)).isEqualTo(name);
    assertThat(
            name(
                "acme",
                Method.GET,
                URL,
                Map.of("Accept", "text/csv", "Idempotency-Key", "7", "traceparent", "00-1-2-00"),
                null))
        .isEqualTo(name);
  }

  @Test
  void callsThatDifferInAnythingDoNot() {
    assertThat(
            Stream.of(
                name("acme", Method.GET, URL, Map.of(), null),
                name("other", Method.GET, URL, Map.of(), null),
                name("acme", Method.POST, URL, Map.of(), null),
                name("acme", Method.GET, URL + "?a=b", Map.of(), null),
                name("acme", Method.GET, URL, Map.of("Authorization", "Bearer ada"), null),
                name("acme", Method.GET, URL, Map.of("Authorization", "Bearer bob"), null),
                name("acme", Method.GET, URL, Map.of("Authorization", "", "Bearer ada", ""), null),
                name("acme", Method.GET, URL, Map.of(), ""),
                name("acme", Method.GET, URL, Map.of(), "x"),
                name("acme", Method.GET, URL, Map.of("x", ""), null)))
        .doesNotHaveDuplicates();
  }

  private static String name(
      String tenant,
      Method method,
      String url,
      Map<String, String> headers,
      @Nullable String body) {
    return Fallback.name(
        tenant,
        payload(method, url, headers),
        new OutboundRequest(
            method.name(), URI.create(url), headers, body == null ? null : body.getBytes(UTF_8)));
  }

  private static HttpCallPayload payload(Method method, String url, Map<String, String> headers) {
    return new HttpCallPayload(
        method, url, headers, null, List.of(200), null, HttpCallPayload.Fallback.CACHED);
  }
}
