package io.taskfleet.standalone.demo;

import io.taskfleet.task.NotificationPayload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Notifications over HTTP reach their webhook, signed, each exactly once. */
final class NotificationTrial implements Trial {
  private final Load load;
  private final WebhookReceiver receiver;
  private final int count;

  NotificationTrial(Gateway gateway, WebhookReceiver receiver, int count) {
    this.load = new Load(gateway, "/v1/notifications");
    this.receiver = receiver;
    this.count = count;
  }

  @Override
  public String name() {
    return "%,d notifications, signed, each delivered once".formatted(count);
  }

  @Override
  public void send() throws Exception {
    load.send(count, i -> NotificationPayload.toUrl("Demo " + i, null, null, receiver.url(i)));
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
    Patience.until(Duration.ofSeconds(5), () -> receiver.deliveries().size() >= count);
    Map<String, Integer> deliveries = receiver.deliveries();
    int total = deliveries.values().stream().mapToInt(Integer::intValue).sum();
    return Finding.of(
        deliveries.size() == count && total == count && receiver.forged() == 0,
        "%,d deliveries, %,d webhook-ids, %,d without a valid signature"
            .formatted(total, deliveries.size(), receiver.forged()));
  }
}
