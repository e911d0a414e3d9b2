package io.taskfleet.gateway.health;

import io.taskfleet.gateway.submit.TopicCreation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** Asks Kafka for its brokers, and has the topics made when it first answers. */
final class KafkaQuestion implements WatchedServer.Question, AutoCloseable {
  private final Admin admin;
  private final TopicCreation topics;

  KafkaQuestion(Map<String, Object> configuration, TopicCreation topics) {
    Map<String, Object> own = new HashMap<>(configuration);
    own.put(AdminClientConfig.CLIENT_ID_CONFIG, "taskfleet-gateway-health");
    this.admin = Admin.create(own);
    this.topics = topics;
  }

  @Override
  public boolean ask(Duration patience) throws Exception {
    int millis = (int) patience.toMillis();
    int brokers =
        admin
            .describeCluster(new DescribeClusterOptions().timeoutMs(millis))
            .nodes()
            .get(millis, TimeUnit.MILLISECONDS)
            .size();
    return brokers > 0 && topics.ensure();
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
