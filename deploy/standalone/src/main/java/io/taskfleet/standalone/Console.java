package io.taskfleet.standalone;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the supervisor tells the person at the terminal. */
final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final long startedNanos = System.nanoTime();

  Console(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** A step of starting or stopping. */
  void progress(String step) {
    out.printf("%5.1f s  %s%n", seconds(), step);
    out.flush();
  }

  /** Something that went wrong while the fleet goes on. */
  void report(String event) {
    err.printf("%5.1f s  %s%n", seconds(), event);
    err.flush();
  }

  /** Something that ends the fleet. */
  void failure(@Nullable String reason) {
    err.println("fleet: " + reason);
    err.flush();
  }

  /** That the fleet is up, and how to use it. */
  void ready(ReadyFile ready, UpOptions options, Path logs) {
    out.printf(
        """
        %5.1f s  Ready: 1 gateway, %d worker(s), %s

          API         %s
          Health      %s/actuator/health   (the port after the API's, unless chosen otherwise)
          Mail sent   %s/api/v1/messages
          API key     %s
          Logs        %s

        Try it:
          curl -i %s/v1/emails -H 'Authorization: Bearer %s' \\
            -H 'Content-Type: application/json' \\
            -d '{"to": "ada@example.org", "subject": "Hello", "text": "From the fleet"}'
          ./fleet demo      # in another terminal: sends tasks of every kind and checks the results

        Ctrl-C drains the workers and stops.
        """,
        seconds(),
        ready.workers().size(),
        options.data() == null ? "data is thrown away at the end" : "data in " + options.data(),
        ready.url(),
        ready.managementUrl(),
        ready.mailUrl(),
        ready.apiKey(),
        logs,
        ready.url(),
        ready.apiKey());
    out.flush();
  }

  private double seconds() {
    return Duration.ofNanos(System.nanoTime() - startedNanos).toMillis() / 1000.0;
  }
}
