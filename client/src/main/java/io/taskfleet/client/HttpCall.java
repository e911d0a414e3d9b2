package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A call to somebody's HTTP API that a worker is to make. Immutable. */
public final class HttpCall implements Payload {
  private final Fields fields;

  private HttpCall(Fields fields) {
    this.fields = fields;
  }

  /** A call of this method, such as {@code POST}, to this URL. */
  public static HttpCall of(String method, String url) {
    return new HttpCall(Fields.of("method", method).with("url", url));
  }

  public HttpCall headers(Map<String, String> headers) {
    return with("headers", Map.copyOf(headers));
  }

  /** A string is sent as text, anything else as JSON. */
  public HttpCall body(Object body) {
    return with("body", body);
  }

  /** The statuses that are success, if not all of 2xx. */
  public HttpCall expect(Integer... statuses) {
    return with("expect", List.of(statuses));
  }

  /** The time for the whole call, at most five minutes. */
  public HttpCall timeout(Duration timeout) {
    return with("timeout", timeout);
  }

  /** While the host is closed off, the last good reply to the same call will do. */
  public HttpCall orLastGoodReply() {
    return with("fallback", "cached");
  }

  @Override
  public String type() {
    return "http";
  }

  @JsonValue
  Map<String, Object> fields() {
    return fields.values();
  }

  private HttpCall with(String name, Object value) {
    return new HttpCall(fields.with(name, value));
  }
}
