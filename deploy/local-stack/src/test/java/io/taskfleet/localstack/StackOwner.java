package io.taskfleet.localstack;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that starts a stack, leaves something in it, and then waits to be killed. */
final class StackOwner {
  private StackOwner() {}

  static Process start(Path data) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            StackOwner.class.getName(),
            data.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  // The only line: the stack prints nothing.
  static int awaitKafkaPort(Process owner) throws IOException {
    try (BufferedReader lines = owner.inputReader(StandardCharsets.UTF_8)) {
      return Integer.parseInt(lines.readLine());
    }
  }

  public static void main(String[] arguments) throws Exception {
    LocalStack stack =
        LocalStack.builder()
            .dataDirectory(Path.of(arguments[0]))
            .kafkaMode(KafkaMode.SHORT_LIVED_PROCESS)
            .start();
    KafkaClient.createTopic(stack.kafka(), "orders");
    KafkaClient.produce(stack.kafka(), "orders", "one");
    LocalStackIT.execute(stack.jdbcUrl(), "CREATE TABLE kept AS SELECT 42 AS answer");
    System.out.println(stack.kafka().port());
    new CountDownLatch(1).await();
  }
}
