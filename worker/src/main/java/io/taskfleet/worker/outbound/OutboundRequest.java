package io.taskfleet.worker.outbound;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call to be made.
 *
 * @param method in upper case
 * @param uri http or https, with a host
 * @param headers without line breaks, checked by whoever took them from a caller
 * @param body whoever holds it must not change the array
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
public record OutboundRequest(
    String method, URI uri, Map<String, String> headers, byte @Nullable [] body) {

  /** The name of the dependency that a call of this kind goes to: {@code kind:host:port}. */
  public String dependency(String kind) {
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
    return kind + ':' + uri.getHost().toLowerCase(Locale.ROOT) + ':' + port;
  }
}
