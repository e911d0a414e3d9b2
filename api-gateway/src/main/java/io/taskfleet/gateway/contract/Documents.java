package io.taskfleet.gateway.contract;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The files that are handed out, read when somebody asks for them first. */
final class Documents {
  private static final Pattern GZIP = Pattern.compile("gzip(?!\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$))");

  private final Map<String, Document> known = new ConcurrentHashMap<>();

  /** Fails where {@code docs/api} was not there when this was built. */
  Documents() {
    if (Documents.class.getResource("openapi.json") == null) {
      throw new IllegalStateException("the documents of docs/api are not on the class path");
    }
  }

  /** A file beside this class, as it is. */
  byte[] plain(String name) {
    return known.computeIfAbsent(name, Document::read).plain();
  }

  /**
   * A file beside this class, or anywhere on the class path if its name begins with a slash.
   *
   * @param acceptEncoding of the request
   * @throws ProblemException if there is none
   */
  ResponseEntity<byte[]> answer(String name, MediaType type, @Nullable String acceptEncoding) {
    if (Documents.class.getResource(name) == null) {
      throw ProblemException.of(ProblemType.NOT_FOUND, "there is no document of this name");
    }
    Document document = known.computeIfAbsent(name, Document::read);
    boolean compressed = acceptEncoding != null && GZIP.matcher(acceptEncoding).find();
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.ok()
            .contentType(type)
            .cacheControl(CacheControl.noCache())
            .eTag(document.tag())
            .header("X-Content-Type-Options", "nosniff")
            .varyBy(HttpHeaders.ACCEPT_ENCODING);
    return compressed
        ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").body(document.gzip())
        : answer.body(document.plain());
  }
}
