package io.taskfleet.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A body of any length on its way to the gateway. It may take as long as it moves. */
final class Upload {
  private static final String NDJSON = "application/x-ndjson";
  private static final Duration NO_END = Duration.ofDays(365);
  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(5);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final Transport transport;
  private final JsonLines lines;
  private final String path;

  Upload(Transport transport, JsonLines lines, String path) {
    this.transport = transport;
    this.lines = lines;
    this.path = path;
  }

  /** Sends it, again if it may be. */
  <T> T send(Class<T> type) {
    String given = lines.key();
    String key = given == null ? UUID.randomUUID().toString() : given;
    // What there is once only is untouched as long as there is no connection.
    Repeat repeat = lines.isRepeatable() ? Repeat.SAFE : Repeat.UNREACHED;
    Call call = Call.upload(path, NDJSON, key, repeat);
    return Json.read(transport.repeat(call, NO_END, limit -> attempt(call)).text(), type);
  }

  private Reply<String> attempt(Call call) throws IOException, InterruptedException {
    WatchedSource body = new WatchedSource(lines);
    HttpRequest request = transport.request(call, BodyPublishers.ofInputStream(() -> body));
    CompletableFuture<HttpResponse<String>> answer =
        transport.begin(request, BodyHandlers.ofString());
    try {
      HttpResponse<String> response = await(answer, body);
      return new Reply<>(
          response.statusCode(), response.headers(), response.body(), response.body());
    } catch (IOException e) {
      requireSound(body);
      if (!Failure.lost(e).isUnheard()) {
        learnWhy();
      }
      throw e;
    } finally {
      answer.cancel(true);
      body.close();
    }
  }

  private HttpResponse<String> await(
      CompletableFuture<HttpResponse<String>> answer, WatchedSource body)
      throws IOException, InterruptedException {
    while (true) {
      try {
        return answer.get(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (body.stalledFor() > transport.stallTimeout().toNanos()) {
          throw new HttpTimeoutException("nothing was taken for " + transport.stallTimeout());
        }
      } catch (ExecutionException e) {
        throw Transport.lost(e);
      }
    }
  }

  private static void requireSound(WatchedSource body) {
    Throwable failure = body.failure();
    if (failure instanceof IOException io) {
      throw new UncheckedIOException(io);
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  /**
   * A gateway that refuses an upload closes the connection under it, and what it said is lost with
   * it. An upload of nothing is refused for the same reason, if it is the caller's fault.
   */
  private void learnWhy() {
    Call nothing = Call.upload(path, NDJSON, null, Repeat.UNREACHED);
    try {
      transport.send(nothing.within(LONGEST_QUESTION));
    } catch (InvalidException nothingIsRefused) {
      // As it must be.
    } catch (UnavailableException stillAway) {
      // Then what is known already is all there is to know.
    }
  }
}
