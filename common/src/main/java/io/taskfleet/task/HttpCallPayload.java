package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An HTTP call.
 *
 * @param method GET if absent
 * @param url http or https
 * @param headers by name, as they are sent
 * @param body text is sent as it is, any other JSON as JSON
 * @param expect the statuses that are success; 2xx if absent
 * @param timeout of the whole call
 * @param fallback what answers while the host is closed off; nothing if absent
 */
public record HttpCallPayload(
    @Nullable Method method,
    @NotNull @WebhookUrl String url,
    @Nullable @Size(max = 32) Map<@CallHeader String, @NotNull @SingleLine @Size(max = 4_096) String> headers,
    @Nullable JsonNode body,
    @Nullable @Size(min = 1, max = 32) List<@NotNull @Min(200) @Max(599) Integer> expect,
    @Nullable @UpTo("PT5M") String timeout,
    @Nullable Fallback fallback)
    implements Addressed {

  /** Request methods (RFC 9110 §9, RFC 5789). */
  public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE
  }

  /** What takes the place of a reply that cannot be had. */
  public enum Fallback {
    @JsonProperty("none")
    NONE,
    /** The last good reply to the same call. */
    @JsonProperty("cached")
    CACHED
  }

  /** The method, whether it is given or not. */
  public Method methodOrGet() {
    return Objects.requireNonNullElse(method, Method.GET);
  }

  /** Whether a reply with this status is what the caller wanted. */
  public boolean expects(int status) {
    return expect == null ? status >= 200 && status < 300 : expect.contains(status);
  }

  /** Whether the last good reply will do while the host is closed off. */
  public boolean fallsBackOnCache() {
    return fallback == Fallback.CACHED;
  }

  /** How long the call may take, if the caller says so. */
  public Optional<Duration> limit() {
    return timeout == null ? Optional.empty() : DurationText.parse(timeout);
  }

  /** Calls do not wait for each other, unless their caller gives them a key. */
  @Override
  public Optional<String> recipient() {
    return Optional.empty();
  }
}
