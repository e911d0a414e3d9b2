package io.taskfleet.standalone;

import io.taskfleet.localstack.LocalStackException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the whole system on this machine and keeps it running until a signal asks for its end. The
 * exit code is 0 after an orderly end, 1 after any other and 64 for a wrong command line.
 */
public final class Standalone {
  private static final Logger log = LoggerFactory.getLogger(Standalone.class);

  private final UpOptions options;
  private final Console console;
  private final CountDownLatch stop = new CountDownLatch(1);

  private Standalone(UpOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  /** Runs the fleet; {@code ./fleet help} lists the options. */
  public static void main(String[] arguments) throws InterruptedException {
    Console console = new Console(System.out, System.err);
    int exitCode = 1;
    try {
      exitCode = run(arguments, console);
    } catch (RuntimeException | Error e) {
      log.error("The fleet ended for a reason that nobody thought of", e);
    }
    System.exit(exitCode);
  }

  private static int run(String[] arguments, Console console) throws InterruptedException {
    try {
      return new Standalone(UpOptions.parse(arguments), console).run();
    } catch (UsageException e) {
      console.failure(e.getMessage());
      return UsageException.EXIT_CODE;
    } catch (StartException | LocalStackException | IOException e) {
      console.failure(e.getMessage());
      return 1;
    }
  }

  private int run() throws IOException, InterruptedException {
    try (StateDirectory state = StateDirectory.open(options.state())) {
      FreePort.require(options.port(), "--port");
      FreePort.require(options.managementPort(), "--management-port");
      Supervisor supervisor = new Supervisor(options, state, console);
      Signals.on(List.of("INT", "TERM", "HUP"), () -> onSignal(supervisor));
      return serve(supervisor, state);
    }
  }

  private int serve(Supervisor supervisor, StateDirectory state)
      throws IOException, InterruptedException {
    boolean orderly;
    try {
      serveUntilAskedToStop(supervisor, state);
    } finally {
      orderly = supervisor.stop();
    }
    console.progress("Stopped");
    return orderly ? 0 : 1;
  }

  private void serveUntilAskedToStop(Supervisor supervisor, StateDirectory state)
      throws IOException, InterruptedException {
    try {
      ReadyFile ready = supervisor.start();
      console.ready(ready, options, state.logs());
      stop.await();
    } catch (StartException e) {
      // A start that was cut short fails; nobody wants to know how.
      if (stop.getCount() > 0) {
        throw e;
      }
    }
    console.progress("Stopping: the workers finish what they have begun (again to force)");
  }

  private void onSignal(Supervisor supervisor) {
    if (stop.getCount() > 0) {
      stop.countDown();
      supervisor.cancelStart();
    } else {
      console.failure("stopped by force");
      supervisor.kill();
      Runtime.getRuntime().halt(1);
    }
  }
}
