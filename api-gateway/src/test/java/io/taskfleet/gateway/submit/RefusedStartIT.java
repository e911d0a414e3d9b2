package io.taskfleet.gateway.submit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.gateway.TestGateway;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.TopicLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** A gateway whose tasks would be lost, or read on the way, does not start. */
class RefusedStartIT {
  private static final String TOPIC = "taskfleet.http.bulk";

  @Test
  void namesTheTopicOnWhichTasksWouldReplaceEachOther() throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", SharedLocalStack.get().kafkaBootstrap()))) {
      create(admin);
      setPolicy(admin, "compact");
      try {
        assertThatThrownBy(() -> start(Map.of()))
            .hasStackTraceContaining(TOPIC + ": cleanup.policy is compact");
      } finally {
        setPolicy(admin, "delete");
      }
    }
  }

  @Test
  void demandsEncryptionInProduction() {
    assertThatThrownBy(
            () ->
                start(
                    Map.of(
                        "spring.profiles.active",
                        "production",
                        "taskfleet.security.token.keys.a",
                        "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")))
        .hasStackTraceContaining("spring.kafka.security.protocol must be SSL or SASL_SSL");
  }

  private static void start(Map<String, String> settings) {
    TestGateway.onSharedServers("refused", settings).close();
  }

  private static void create(Admin admin) throws Exception {
    Set<String> there = admin.listTopics().names().get();
    List<NewTopic> topics =
        new ArrayList<>(
            new TopicLayout(2, 1, Duration.ofDays(1), Duration.ofDays(1)).topics(List.of("http")));
    topics.removeIf(topic -> there.contains(topic.name()));
    admin.createTopics(topics).all().get();
  }

  private static void setPolicy(Admin admin, String policy) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, TOPIC),
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }
}
