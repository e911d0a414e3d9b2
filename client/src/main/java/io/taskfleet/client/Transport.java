package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes calls, again where that is safe, until they succeed, are refused, or their time is up. */
final class Transport {
  private static final int LONGEST_REFUSAL = 1 << 20;

  private final HttpClient http;
  private final Endpoint endpoint;
  private final Backoff backoff;
  private final Clock clock;

  /**
   * Where calls go.
   *
   * @param url without a slash at its end
   * @param key sent with each; null for none
   * @param attemptTimeout how long one try may take
   * @param stallTimeout how long a stream may stand still
   */
  record Endpoint(URI url, @Nullable String key, Duration attemptTimeout, Duration stallTimeout) {

    /** Without the key: it is a secret. */
    @Override
    public String toString() {
      return url.toString();
    }
  }

  /** One try. */
  @FunctionalInterface
  interface Attempt<T> {
    Reply<T> make(Duration limit) throws IOException, InterruptedException;
  }

  Transport(HttpClient http, Endpoint endpoint, Backoff backoff, Clock clock) {
    this.http = http;
    this.endpoint = endpoint;
    this.backoff = backoff;
    this.clock = clock;
  }

  Backoff backoff() {
    return backoff;
  }

  Duration attemptTimeout() {
    return endpoint.attemptTimeout();
  }

  Duration stallTimeout() {
    return endpoint.stallTimeout();
  }

  /** Makes the call and reads the whole answer. */
  Reply<String> send(Call call) {
    HttpRequest request = request(call, publisher(call));
    return repeat(call, deadline(call), limit -> whole(request, limit));
  }

  /** Makes the call and reads the answer as an object. */
  <T> T send(Call call, Class<T> type) {
    return Json.read(send(call).text(), type);
  }

  /** Makes the call and answers as soon as the body begins; whoever gets it closes it. */
  Reply<InputStream> open(Call call) {
    HttpRequest request = request(call, publisher(call));
    return repeat(call, deadline(call), limit -> opened(request, limit));
  }

  /** Makes tries until one succeeds. */
  <T> Reply<T> repeat(Call call, Duration within, Attempt<T> attempt) {
    long end = System.nanoTime() + within.toNanos();
    for (int tries = 1; ; tries++) {
      Failure failure;
      try {
        Reply<T> reply = attempt.make(left(end));
        Duration retryAfter = RetryAfter.in(reply.headers(), clock);
        if (reply.isSuccess() && !(reply.status() == 202 && retryAfter != null)) {
          return reply;
        }
        failure = Failure.said(Problem.of(reply.status(), reply.text()), retryAfter);
        requireTemporary(failure, tries);
      } catch (IOException e) {
        failure = Failure.lost(e);
      } catch (InterruptedException e) {
        throw interrupted(call, e, tries);
      }
      Duration pause = backoff.after(tries, failure.retryAfter());
      if (!call.repeat().allows(failure)
          || tries >= backoff.policy().attempts()
          || pause.compareTo(left(end)) >= 0) {
        throw givenUp(call, failure, tries);
      }
      rest(pause, call, tries);
    }
  }

  /** Waits. */
  void rest(Duration pause, Call call, int tries) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      throw interrupted(call, e, tries);
    }
  }

  HttpRequest request(Call call, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.url() + call.path()))
            .method(call.method(), body);
    call.headers().forEach(request::setHeader);
    request.setHeader("User-Agent", "taskfleet-client");
    if (endpoint.key() != null) {
      request.setHeader("Authorization", "Bearer " + endpoint.key());
    }
    if (call.idempotencyKey() != null) {
      request.setHeader("Idempotency-Key", call.idempotencyKey());
    }
    return request.build();
  }

  <T> CompletableFuture<HttpResponse<T>> begin(HttpRequest request, BodyHandler<T> handler) {
    return http.sendAsync(request, handler);
  }

  UnavailableException givenUp(Call call, Failure failure, int tries) {
    String often = tries == 1 ? "" : String.format(Locale.ROOT, " (tried %d times)", tries);
    return new UnavailableException(
        call + " failed" + often + ": " + failure, failure.cause(), failure, call, tries);
  }

  private Reply<String> whole(HttpRequest request, Duration limit)
      throws IOException, InterruptedException {
    HttpResponse<String> response = within(limit, request, BodyHandlers.ofString());
    return new Reply<>(response.statusCode(), response.headers(), response.body(), response.body());
  }

  private Reply<InputStream> opened(HttpRequest request, Duration limit)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        within(limit, request, answer -> new TimedBody(endpoint.stallTimeout()));
    if (response.statusCode() < 300) {
      return new Reply<>(response.statusCode(), response.headers(), response.body(), "");
    }
    try (InputStream refusal = response.body()) {
      return new Reply<>(
          response.statusCode(),
          response.headers(),
          null,
          new String(refusal.readNBytes(LONGEST_REFUSAL), UTF_8));
    }
  }

  // A request's own timeout ends with the headers of the answer; this one covers its body.
  private <T> HttpResponse<T> within(Duration limit, HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    Duration shorter =
        limit.compareTo(endpoint.attemptTimeout()) < 0 ? limit : endpoint.attemptTimeout();
    CompletableFuture<HttpResponse<T>> answer = begin(request, handler);
    try {
      return answer.get(shorter.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer within " + shorter);
    } catch (ExecutionException e) {
      throw lost(e);
    } finally {
      answer.cancel(true);
    }
  }

  /** The failure of a connection. */
  static IOException lost(ExecutionException e) {
    Throwable cause = e.getCause();
    return cause instanceof IOException io ? io : new IOException(cause);
  }

  /** The caller does not want to wait any more. */
  UnavailableException interrupted(Call call, InterruptedException cause, int tries) {
    Thread.currentThread().interrupt();
    return new UnavailableException(
        call + " was interrupted", cause, new Failure(null, null, null), call, tries);
  }

  private static void requireTemporary(Failure failure, int tries) {
    Problem problem = failure.problem();
    if (problem == null || failure.isTemporary() || problem.status() >= 500) {
      return;
    }
    if (problem.status() < 400) {
      throw new UnreadableAnswerException(
          "No Taskfleet gateway answers with status " + problem.status(), null);
    }
    throw RefusedException.of(problem, tries);
  }

  private Duration deadline(Call call) {
    return call.within() == null ? backoff.policy().deadline() : call.within();
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
  }

  private static BodyPublisher publisher(Call call) {
    return call.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofString(call.body());
  }
}
