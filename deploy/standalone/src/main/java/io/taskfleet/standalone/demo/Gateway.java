package io.taskfleet.standalone.demo;

import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;

/** The HTTP door of the fleet. May be used by any number of threads. */
final class Gateway implements AutoCloseable {
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
  private static final int AT_ONCE = 32;
  private static final int ACCEPTED = 202;
  private static final int UNAVAILABLE = 503;
  private static final int CONFLICT = 409;
  private static final long PAUSE_MILLIS = 500;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(REQUEST_LIMIT)
          .build();
  private final String url;
  private final String apiKey;
  private final LongAdder repeated = new LongAdder();

  Gateway(Target target) {
    this.url = target.url();
    this.apiKey = target.apiKey();
  }

  /** An answer of the gateway and how long it took. */
  record Answer(int status, JsonNode body, Duration took) {}

  /**
   * Sends a body that must be accepted, and answers the ids of its tasks. While the gateway is
   * unavailable it is sent again; the idempotency key keeps that from making a second task.
   */
  Accepted submit(String path, Object body) throws IOException, InterruptedException {
    String key = UUID.randomUUID().toString();
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    Answer answer = post(path, body, key);
    while (isUnavailable(answer) && System.nanoTime() < deadline) {
      repeated.increment();
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      answer = post(path, body, key);
    }
    if (answer.status() != ACCEPTED) {
      throw new IOException("POST %s: %d %s".formatted(path, answer.status(), answer.body()));
    }
    return new Accepted(ids(answer.body()), answer.took());
  }

  /** How often the gateway was unavailable. */
  long repeated() {
    return repeated.sum();
  }

  /** What was accepted by one request. */
  record Accepted(List<UUID> ids, Duration took) {}

  /** Submits many bodies, some at a time. */
  List<Accepted> submitAll(String path, int count, IntFunction<Object> body)
      throws IOException, InterruptedException {
    return sideBySide(count, i -> submit(path, body.apply(i)));
  }

  /** Asks for many tasks, some at a time; the answers are in the order of the ids. */
  List<Answer> tasks(List<UUID> ids) throws IOException, InterruptedException {
    return sideBySide(ids.size(), i -> get("/v1/tasks/" + ids.get(i)));
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  // Of an array, some may have been acknowledged and others not. The key is new, so 409 says that
  // the request before is not over yet for all gateways.
  private static boolean isUnavailable(Answer answer) {
    return answer.status() == UNAVAILABLE
        || answer.status() == CONFLICT
        || answer.body().path("refused").toString().contains("UNAVAILABLE");
  }

  private Answer post(String path, Object body, String key)
      throws IOException, InterruptedException {
    byte[] json = StrictJson.mapper().writeValueAsBytes(body);
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofByteArray(json))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(REQUEST_LIMIT)
        .header("Authorization", "Bearer " + apiKey);
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    long began = System.nanoTime();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    return new Answer(response.statusCode(), StrictJson.mapper().readTree(response.body()), took);
  }

  // One task is answered as itself; an array, with what was taken and what was refused of it.
  private static List<UUID> ids(JsonNode body) throws IOException {
    if (!body.has("accepted")) {
      return List.of(id(body));
    }
    if (!body.path("refused").isEmpty()) {
      throw new IOException("Refused: " + body.path("refused"));
    }
    List<UUID> ids = new ArrayList<>();
    body.path("accepted").forEach(task -> ids.add(id(task)));
    return ids;
  }

  private static UUID id(JsonNode task) {
    return UUID.fromString(task.path("id").stringValue());
  }

  private interface Request<T> {
    T send(int number) throws IOException, InterruptedException;
  }

  private static <T> List<T> sideBySide(int count, Request<T> request)
      throws IOException, InterruptedException {
    Semaphore permits = new Semaphore(AT_ONCE);
    List<Future<T>> answers = new ArrayList<>(count);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int number = i;
        permits.acquire();
        answers.add(
            threads.submit(
                () -> {
                  try {
                    return request.send(number);
                  } finally {
                    permits.release();
                  }
                }));
      }
    }
    List<T> results = new ArrayList<>(count);
    for (Future<T> answer : answers) {
      results.add(join(answer));
    }
    return results;
  }

  private static <T> T join(Future<T> answer) throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }
}
