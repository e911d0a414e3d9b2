package io.taskfleet.gateway.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as its owner reads it back.
 *
 * @param secret of the newest key, in the answer that makes it and in no other
 */
record EndpointView(
    UUID id,
    String url,
    @Nullable String description,
    @Nullable UUID userId,
    boolean enabled,
    Endpoint.@Nullable Disabled disabled,
    Endpoint.@Nullable Failing failing,
    List<Endpoint.Key> signingKeys,
    @Nullable String secret,
    Instant createdAt,
    Instant updatedAt,
    Links links) {
  static final String ENDPOINTS = "/v1/webhook-endpoints";

  /** Where it can be read and given a new key. */
  record Links(String self, String rotate) {}

  /** A part of all that a tenant has. */
  record Page(List<EndpointView> endpoints, @Nullable String nextPageToken) {}

  static EndpointView of(Endpoint endpoint) {
    return of(endpoint, null);
  }

  static EndpointView of(Endpoint endpoint, @Nullable String secret) {
    String self = ENDPOINTS + '/' + endpoint.id();
    return new EndpointView(
        endpoint.id(),
        endpoint.owned().url(),
        endpoint.owned().description(),
        endpoint.owned().userId(),
        endpoint.disabled() == null,
        endpoint.disabled(),
        endpoint.failing(),
        endpoint.keys(),
        secret,
        endpoint.createdAt(),
        endpoint.updatedAt(),
        new Links(self, self + "/rotate"));
  }

  @Override
  public String toString() {
    return "EndpointView[id=" + id + "]";
  }
}
