package io.taskfleet.bench.worker;

import io.taskfleet.worker.WorkerApplication;
import org.springframework.boot.SpringApplication;

/** Starts a worker that knows the bench's task types too. */
public final class BenchWorker {
  private BenchWorker() {}

  /** Starts it. */
  public static void main(String[] arguments) {
    SpringApplication.run(new Class<?>[] {WorkerApplication.class, BenchHandlers.class}, arguments);
  }
}
