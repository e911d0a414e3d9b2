package io.taskfleet.standalone.demo;

import io.taskfleet.task.AnalyticsPayload;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Analytics events over HTTP are counted and summed exactly. */
final class AnalyticsTrial implements Trial {
  private static final int PER_REQUEST = 100;

  private final Load load;
  private final TaskTable table;
  private final String eventName;
  private final int count;

  AnalyticsTrial(String run, Gateway gateway, TaskTable table, int count) {
    this.load = new Load(gateway, "/v1/analytics/events");
    this.table = table;
    this.eventName = "demo." + run;
    this.count = count;
  }

  static AnalyticsPayload event(String name, int number) {
    return new AnalyticsPayload(
        name, "user-" + number % 100, BigDecimal.valueOf(number), null, null);
  }

  @Override
  public String name() {
    return "%,d analytics events, counted exactly".formatted(count);
  }

  @Override
  public void send() throws Exception {
    load.send(
        count / PER_REQUEST,
        request ->
            IntStream.range(request * PER_REQUEST, (request + 1) * PER_REQUEST)
                .mapToObj(number -> event(eventName, number))
                .toList());
  }

  @Override
  public List<UUID> tasks() {
    return load.ids();
  }

  @Override
  public Load load() {
    return load;
  }

  @Override
  public Finding check() throws Exception {
    BigDecimal sum = BigDecimal.valueOf(count * (count - 1L) / 2);
    Patience.until(Duration.ofSeconds(15), () -> table.analytics(eventName).rolledUp() >= count);
    TaskTable.Counts counts = table.analytics(eventName);
    return Finding.of(
        counts.events() == count && counts.rolledUp() == count && counts.sum().compareTo(sum) == 0,
        "%,d events kept, %,d counted, sum %s of %s"
            .formatted(counts.events(), counts.rolledUp(), counts.sum().toPlainString(), sum));
  }
}
