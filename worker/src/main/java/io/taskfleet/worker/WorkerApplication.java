package io.taskfleet.worker;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A worker process. Scale the fleet by starting more of them. */
@SpringBootApplication
public class WorkerApplication {

  WorkerApplication() {}

  /** Starts a worker. */
  public static void main(String[] args) {
    SpringApplication.run(WorkerApplication.class, args);
  }
}
