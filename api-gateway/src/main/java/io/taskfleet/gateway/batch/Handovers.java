package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.submit.TaskPublisher;
import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.util.unit.DataSize;

/** Where batches go over to Kafka: a producer of their own, and the window they share. */
final class Handovers implements AutoCloseable {
  // The producer's own time after the last try, and a thread's to tell of it.
  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  private static final int RETRY_AFTER_SECONDS = 2;

  private final ProducerFactory<byte[], byte[]> producers;
  private final TaskPublisher publisher;
  private final Window window;
  private final Duration patience;

  /**
   * Handovers to the servers of this factory.
   *
   * @param background where a producer that cannot go on is replaced
   */
  Handovers(
      ProducerFactory<byte[], byte[]> producers, BatchProperties properties, Executor background) {
    this.producers = producers.copyWithConfigurationOverride(configuration(properties));
    this.publisher = new TaskPublisher(this.producers, background);
    this.patience = properties.delivery().plus(LAST_WORD);
    this.window = new Window((int) properties.window().toBytes(), patience);
  }

  private static Map<String, Object> configuration(BatchProperties properties) {
    long delivery = properties.delivery().toMillis();
    return Map.of(
        ProducerConfig.CLIENT_ID_CONFIG,
        "taskfleet-gateway-batches",
        // Larger than the window with all its keys and headers: a send never waits for room.
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        2 * properties.window().toBytes(),
        // What is not known of a topic yet may take as long: that of closings is asked for last.
        ProducerConfig.MAX_BLOCK_MS_CONFIG,
        (int) delivery,
        ProducerConfig.BATCH_SIZE_CONFIG,
        (int) DataSize.ofKilobytes(256).toBytes(),
        ProducerConfig.LINGER_MS_CONFIG,
        delivery < 100 ? 0 : 10,
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        (int) (delivery / 2),
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        (int) delivery);
  }

  /**
   * A handover of nothing yet.
   *
   * @throws ProblemException if there is no producer
   */
  Handover begin() {
    try {
      return new Handover(publisher, window, patience);
    } catch (KafkaException unreachable) {
      throw ProblemException.unavailable("the task queue cannot be reached", RETRY_AFTER_SECONDS);
    }
  }

  @Override
  public void close() throws Exception {
    if (producers instanceof DisposableBean disposable) {
      disposable.destroy();
    }
  }
}
