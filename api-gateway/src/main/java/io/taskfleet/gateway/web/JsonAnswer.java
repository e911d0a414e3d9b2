package io.taskfleet.gateway.web;

import io.taskfleet.wire.StrictJson;
import java.net.URI;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Answers with a JSON document. */
public final class JsonAnswer {
  private JsonAnswer() {}

  /** How something stands, which nobody is to keep. */
  public static ResponseEntity<byte[]> ok(Object view) {
    return answer(ResponseEntity.ok(), view);
  }

  /** What was made, and can be read there; it may hold what is told only once. */
  public static ResponseEntity<byte[]> created(String self, Object view) {
    return answer(ResponseEntity.created(URI.create(self)), view);
  }

  private static ResponseEntity<byte[]> answer(ResponseEntity.BodyBuilder answer, Object view) {
    return answer
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noStore())
        .body(StrictJson.mapper().writeValueAsBytes(view));
  }
}
