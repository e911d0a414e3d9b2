package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.wire.TopicLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables and topics of a fleet, for tests without a worker that would make them. */
public final class Groundwork {
  private Groundwork() {}

  /** Creates the tables in an empty database. */
  public static void createTables(JdbcClient database) {
    try {
      Resource[] scripts =
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:db/migration/V*__*.sql");
      Arrays.sort(scripts, Comparator.comparingInt(Groundwork::version));
      for (Resource script : scripts) {
        database.sql(script.getContentAsString(UTF_8)).update();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(Resource script) {
    String name = Objects.requireNonNull(script.getFilename());
    return Integer.parseInt(name.substring(1, name.indexOf("__")));
  }

  /** Creates what is missing of the topics of this type and of the one for events. */
  public static void createTopics(String bootstrap, int partitions, String type) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      Set<String> present = admin.listTopics().names().get();
      List<NewTopic> missing =
          new TopicLayout(partitions, 1, Duration.ofDays(1), Duration.ofDays(1))
              .topics(List.of(type)).stream()
                  .filter(topic -> !present.contains(topic.name()))
                  .toList();
      admin.createTopics(missing).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
