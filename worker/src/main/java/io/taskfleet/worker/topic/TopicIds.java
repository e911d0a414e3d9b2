package io.taskfleet.worker.topic;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own ids of topics, so that a record's place names it even after its topic was deleted and
 * created again. Asked anew at each assignment; used by one poll loop's thread.
 */
public final class TopicIds {
  private static final Logger log = LoggerFactory.getLogger(TopicIds.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Admin admin;
  private final Map<String, String> ids = new HashMap<>();

  /** Ids as told by this client; none yet. */
  public TopicIds(Admin admin) {
    this.admin = admin;
  }

  /** Asks for the ids of these topics; keeps what it knew if Kafka does not answer. */
  public void refresh(Collection<String> topics) {
    try {
      Map<String, TopicDescription> described =
          admin
              .describeTopics(topics)
              .allTopicNames()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      described.forEach((topic, description) -> ids.put(topic, description.topicId().toString()));
    } catch (ExecutionException | TimeoutException e) {
      log.warn("Kafka does not tell the ids of {}: {}", topics, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The id of this topic.
   *
   * @throws KafkaException if Kafka has not told it
   */
  public String idOf(String topic) {
    String id = ids.get(topic);
    if (id == null) {
      refresh(List.of(topic));
      id = ids.get(topic);
    }
    if (id == null) {
      throw new KafkaException("the id of " + topic + " is not known");
    }
    return id;
  }
}
