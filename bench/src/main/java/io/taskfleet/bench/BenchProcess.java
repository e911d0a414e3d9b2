package io.taskfleet.bench;

import io.taskfleet.standalone.Child;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process under measurement, which can be made to stand still. */
final class BenchProcess implements AutoCloseable {
  private static final Duration FAREWELL = Duration.ofSeconds(30);
  private static final double MEBIBYTE = 1 << 20;

  private final Child child;

  BenchProcess(Child child) {
    this.child = child;
  }

  long pid() {
    return child.pid();
  }

  /** Stops it where it stands (SIGSTOP). */
  void pause() throws IOException, InterruptedException {
    requireOk("kill", "-STOP", Long.toString(pid()));
  }

  /** Lets it go on (SIGCONT). */
  void resume() throws IOException, InterruptedException {
    requireOk("kill", "-CONT", Long.toString(pid()));
  }

  /** What its heap holds after a full collection, in MiB. It must not be paused. */
  double heapAfterCollection() throws IOException, InterruptedException {
    requireOk(
        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
        Long.toString(pid()),
        "GC.run");
    URI metric =
        child.spec().management().resolve("/actuator/metrics/jvm.memory.used?tag=area:heap");
    try (HttpClient http = HttpClient.newHttpClient()) {
      String body =
          http.send(HttpRequest.newBuilder(metric).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return StrictJson.mapper().readTree(body).at("/measurements/0/value").asDouble() / MEBIBYTE;
    }
  }

  void requireAlive() {
    if (!child.isAlive()) {
      throw new InvalidRunException(child.spec().name() + " has ended. " + child.tail());
    }
  }

  @Override
  public void close() {
    try {
      if (child.isAlive()) {
        resume();
        child.terminate();
      }
    } catch (IOException e) {
      child.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      child.kill();
    }
    if (!child.endsWithin(FAREWELL)) {
      child.kill();
    }
  }

  private static void requireOk(String... command) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException(List.of(command) + " ended with code " + code);
    }
  }
}
