package io.taskfleet.gateway.batch;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How batches are taken and read.
 *
 * @param window what all batches together have sent and Kafka has not acknowledged, at most
 * @param delivery how long Kafka may take to acknowledge a task of a batch
 * @param streamsAtOnce how many streams are read side by side, no more than half of them for one
 *     tenant; each may hold a line or two
 * @param lineWithin how long a caller may take to send one line
 * @param refusedLines how many refused lines are told of
 * @param queriesAtOnce how many requests ask Postgres side by side; fewer than the pool has
 *     connections
 * @param patience how long a request waits for its turn
 * @param every how often Postgres is asked for those who wait for the end of a batch
 * @param eventsEvery the least time between two events of a stream, while counts move
 * @param cancelAtOnce how many waiting tasks are cancelled at once; workers cancel the others when
 *     their time has come
 * @param page how many results are read at once
 */
@Validated
@ConfigurationProperties("taskfleet.batches")
record BatchProperties(
    @DefaultValue("16MB") DataSize window,
    @DefaultValue("5s") Duration delivery,
    @DefaultValue("64") @Min(1) int streamsAtOnce,
    @DefaultValue("30s") Duration lineWithin,
    @DefaultValue("1000") @Min(1) int refusedLines,
    @DefaultValue("3") @Min(1) int queriesAtOnce,
    @DefaultValue("2s") Duration patience,
    @DefaultValue("100ms") Duration every,
    @DefaultValue("300ms") Duration eventsEvery,
    @DefaultValue("10000") @Min(1) int cancelAtOnce,
    @DefaultValue("500") @Min(1) int page) {
  // A task of the largest size must fit into the window, and the window into an int.
  private static final long SMALLEST_WINDOW = DataSize.ofMegabytes(2).toBytes();
  private static final long LARGEST_WINDOW = DataSize.ofGigabytes(1).toBytes();

  BatchProperties {
    if (window.toBytes() < SMALLEST_WINDOW || window.toBytes() > LARGEST_WINDOW) {
      throw new IllegalArgumentException("taskfleet.batches.window must be 2MB to 1GB");
    }
    if (!delivery.isPositive() || !lineWithin.isPositive() || !every.isPositive()) {
      throw new IllegalArgumentException(
          "taskfleet.batches.delivery, line-within and every must be above zero");
    }
  }
}
