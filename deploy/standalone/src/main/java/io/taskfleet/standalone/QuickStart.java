package io.taskfleet.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets applications start several times faster from their second start on, by the JVM's own cache
 * of loaded classes (JEP 483, 514). The cache takes a training run, which goes on in the
 * background, at the lowest priority, once the fleet is up.
 */
final class QuickStart {
  private static final String CACHE = "quick-start.aot";

  private final StateDirectory state;
  private final Map<ChildSpec, BootApplication> trainings;

  // Both guarded by this.
  private @Nullable Child running;
  private boolean stopped;

  /**
   * Trains what has no cache yet.
   *
   * @param applications by the process that shows how each is run
   */
  QuickStart(StateDirectory state, Map<ChildSpec, BootApplication> applications) {
    this.state = state;
    this.trainings = Map.copyOf(applications);
  }

  /** The JVM options that make use of the application's cache, if there is one. */
  static List<String> options(BootApplication application) {
    Path cache = cache(application);
    return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache) : List.of();
  }

  void start() {
    Thread.ofVirtual().name("quick-start").start(this::train);
  }

  /** Gives up what has not been finished. */
  synchronized void stop() {
    stopped = true;
    if (running != null) {
      running.killTree();
    }
  }

  private void train() {
    try {
      for (Map.Entry<ChildSpec, BootApplication> training : trainings.entrySet()) {
        Path cache = cache(training.getValue());
        if (!Files.exists(cache)) {
          train(training.getKey(), cache);
        }
      }
    } catch (IOException noCache) {
      // Then the next start is no faster than this one; the log of the training says more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void train(ChildSpec spec, Path cache) throws IOException, InterruptedException {
    Path draft = cache.resolveSibling(CACHE + ".draft");
    Child child = startUnlessStopped(training(spec, draft));
    if (child != null && child.await() == 0 && Files.exists(draft)) {
      Files.move(draft, cache, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private synchronized @Nullable Child startUnlessStopped(ChildSpec spec) throws IOException {
    if (stopped) {
      return null;
    }
    running = Child.start(spec);
    return running;
  }

  // The same command, so that the cache fits, but ending when everything is set up and nothing
  // runs.
  private ChildSpec training(ChildSpec spec, Path draft) throws IOException {
    List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
    command.addAll(spec.command());
    command.addAll(
        command.indexOf("-cp"),
        List.of("-XX:AOTCacheOutput=" + draft, "-Dspring.context.exit=onRefresh"));
    Map<String, String> environment = new HashMap<>(spec.environment());
    Stream.of("SERVER_PORT", "MANAGEMENT_SERVER_PORT").forEach(port -> environment.put(port, "0"));
    String name = spec.name() + "-training";
    return new ChildSpec(name, command, environment, state.freshLog(name), spec.management());
  }

  private static Path cache(BootApplication application) {
    return application.jar().resolveSibling(CACHE);
  }
}
