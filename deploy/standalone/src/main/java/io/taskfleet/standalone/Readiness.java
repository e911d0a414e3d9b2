package io.taskfleet.standalone;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks processes whether they are ready. May be used by any number of threads. */
public final class Readiness {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /** Asks with a client of its own. */
  public Readiness() {}

  /**
   * Waits until the process is ready.
   *
   * @return false when it ended, or the limit passed, before that
   */
  public boolean awaits(Child child, Duration limit) throws InterruptedException {
    HttpRequest question =
        HttpRequest.newBuilder(child.spec().readiness()).timeout(PATIENCE).GET().build();
    while (child.isAlive() && child.age().compareTo(limit) < 0) {
      if (isOk(question)) {
        return true;
      }
      child.endsWithin(POLL);
    }
    return false;
  }

  private boolean isOk(HttpRequest question) throws InterruptedException {
    try {
      return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }
}
