package io.taskfleet.gateway.idempotency;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * What is remembered of a request with a key, as it is kept in Redis.
 *
 * @param fingerprint tells it from other requests with this key
 * @param claim tells its handling from every other one, so that nobody ends what another began
 * @param answer null while it is in flight
 */
record KnownRequest(String fingerprint, UUID claim, @Nullable Answer answer) {

  /** An answer in JSON. */
  record Answer(int status, @Nullable String location, String body) {

    /** The same answer once more, which says that it is. */
    ResponseEntity<byte[]> again() {
      ResponseEntity.BodyBuilder builder =
          ResponseEntity.status(status)
              .contentType(MediaType.APPLICATION_JSON)
              // The name that Stripe gave it; the IETF's draft has none.
              .header(FirstAnswers.REPLAYED, "true");
      if (location != null) {
        builder.location(URI.create(location));
      }
      return builder.body(body.getBytes(StandardCharsets.UTF_8));
    }
  }

  static KnownRequest inFlight(String fingerprint) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new KnownRequest(fingerprint, new UUID(random.nextLong(), random.nextLong()), null);
  }

  boolean isInFlight() {
    return answer == null;
  }

  KnownRequest answered(ResponseEntity<byte[]> response) {
    byte[] body = response.getBody();
    return new KnownRequest(
        fingerprint,
        claim,
        new Answer(
            response.getStatusCode().value(),
            response.getHeaders().getFirst(HttpHeaders.LOCATION),
            body == null ? "" : new String(body, StandardCharsets.UTF_8)));
  }

  /** Roughly how much memory it takes. */
  int weight() {
    return 300 + (answer == null ? 0 : answer.body().length());
  }
}
