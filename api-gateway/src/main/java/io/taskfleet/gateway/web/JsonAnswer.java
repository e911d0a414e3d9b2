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
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noStore())
        .body(json(view));
  }

  /** What was made, and can be read there. */
  public static ResponseEntity<byte[]> created(String self, Object view) {
    return ResponseEntity.created(URI.create(self))
        .contentType(MediaType.APPLICATION_JSON)
        .body(json(view));
  }

  private static byte[] json(Object view) {
    return StrictJson.mapper().writeValueAsBytes(view);
  }
}
