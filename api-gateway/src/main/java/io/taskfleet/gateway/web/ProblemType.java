package io.taskfleet.gateway.web;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of error a caller can meet. Their names are in the {@code type} URI and are API. */
public enum ProblemType {
  MALFORMED(400, "The request is malformed"),
  UNAUTHENTICATED(401, "A valid API key is required"),
  MISSING_SCOPE(403, "The API key does not allow this"),
  FORBIDDEN_ORIGIN(403, "Pages of this origin may not do this"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "This method is not allowed here"),
  NOT_ACCEPTABLE(406, "None of the accepted media types can be produced"),
  TOO_SLOW(408, "The request came too slowly"),
  CONFLICT(409, "This conflicts with what is there"),
  GONE(410, "This is not there any more"),
  TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "This media type is not supported"),
  REFUSED(422, "The request is well-formed, but refused"),
  TOO_MANY_REQUESTS(429, "The rate limit has been reached"),
  IDEMPOTENCY_KEY_IN_FLIGHT(409, "A request with this idempotency key is in flight"),
  IDEMPOTENCY_KEY_REUSED(422, "This idempotency key belongs to another request"),
  INTERNAL(500, "Something went wrong here"),
  UNAVAILABLE(503, "A server this depends on is away");

  private final int status;
  private final String title;
  private final String uri = "/problems/" + name().toLowerCase(Locale.ROOT).replace('_', '-');

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  String title() {
    return title;
  }

  String uri() {
    return uri;
  }

  static Optional<ProblemType> ofStatus(int status) {
    return Arrays.stream(values()).filter(type -> type.status == status).findFirst();
  }
}
