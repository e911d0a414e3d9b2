package io.taskfleet.worker;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.consume.Engine;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** What a worker does while another one that has joined waits for its partitions. */
class RevocationIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final int PARTITIONS = 3;
  private static final int QUICK_ONES = 60;
  private static final int MANY = 25;

  /** One that holds is the first of each partition. */
  private final Map<TopicPartition, Set<UUID>> sent = new HashMap<>();

  private final Set<UUID> started = ConcurrentHashMap.newKeySet();

  @Test
  void whatStaysGoesOnWhileSlowAttemptsOfWhatLeavesAreWaitedFor() throws Exception {
    CountDownLatch held = ScriptHandler.hold();
    try (TestFleet fleet = new TestFleet(STACK, SharedLocalStack.createDatabase("revocation"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", STACK.kafkaBootstrap()));
        Joiner joiner = new Joiner()) {
      takeABacklogBehindSlowOnes(fleet);

      joiner.start();
      Set<TopicPartition> stays = awaitRevocation(admin);
      Set<UUID> staying = sentTo(stays);
      Set<UUID> leaving = new HashSet<>(sentTo(sent.keySet()));
      leaving.removeAll(staying);
      awaitMoreStarts(staying);
      Set<UUID> startedOfLeaving = startedOf(leaving);
      awaitMoreStarts(staying);

      assertThat(startedOf(leaving)).as("started though it leaves").isEqualTo(startedOfLeaving);

      held.countDown();
      Set<UUID> unstarted = new HashSet<>(leaving);
      unstarted.removeAll(startedOfLeaving);
      await().until(() -> joiner.received.size() >= unstarted.size());
      assertThat(joiner.received).as("neither lost nor repeated").isEqualTo(unstarted);
    } finally {
      held.countDown();
    }
  }

  private void takeABacklogBehindSlowOnes(TestFleet fleet) {
    Engine engine =
        fleet
            .startScriptWorker(
                "taskfleet.worker.settings.script.concurrency=11",
                "taskfleet.worker.settings.script.revoke-grace=20s")
            .getBean(Engine.class);
    publish(fleet, "{\"does\":\"hold\"}", 1);
    Set<UUID> slow = sentTo(sent.keySet());
    await().until(() -> ScriptHandler.STARTED.containsAll(slow));
    publish(fleet, "{\"does\":\"succeed\",\"millis\":40}", QUICK_ONES);
    await().until(() -> engine.inFlight() > slow.size() && engine.lag() == 0);
  }

  private void publish(TestFleet fleet, String json, int perPartition) {
    for (Priority priority : Priority.values()) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        for (int i = 0; i < perPartition; i++) {
          Task task = fleet.script(json, UUID.randomUUID().toString(), "default", priority);
          publish(fleet, task, partition);
        }
      }
    }
  }

  private void publish(TestFleet fleet, Task task, int partition) {
    ProducerRecord<byte[], byte[]> record = TaskCodec.encode(task);
    var _ =
        fleet.publish(
            new ProducerRecord<>(
                record.topic(), partition, record.key(), record.value(), record.headers()));
    sent.computeIfAbsent(new TopicPartition(record.topic(), partition), _ -> new HashSet<>())
        .add(task.id());
  }

  /** Waits until the worker has been told to give some up and has not, and answers the others. */
  private Set<TopicPartition> awaitRevocation(Admin admin) {
    return await()
        .until(
            () -> {
              Collection<MemberDescription> members = members(admin);
              return members.size() < 2
                  ? Set.<TopicPartition>of()
                  : members.stream()
                      .flatMap(member -> member.assignment().topicPartitions().stream())
                      .collect(toSet());
            },
            stays -> !stays.isEmpty() && stays.size() < sent.size());
  }

  private static Collection<MemberDescription> members(Admin admin)
      throws InterruptedException, ExecutionException {
    String group = Topics.group(ScriptHandler.TYPE.name());
    return Objects.requireNonNull(
            admin.describeConsumerGroups(List.of(group)).all().get().get(group))
        .members();
  }

  private Set<UUID> sentTo(Set<TopicPartition> partitions) {
    return partitions.stream()
        .flatMap(partition -> Objects.requireNonNull(sent.get(partition)).stream())
        .collect(toSet());
  }

  private void awaitMoreStarts(Set<UUID> among) {
    int before = startedOf(among).size();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(startedOf(among).size() - before).isGreaterThanOrEqualTo(MANY));
  }

  private Set<UUID> startedOf(Set<UUID> tasks) {
    started.addAll(ScriptHandler.STARTED);
    return tasks.stream().filter(started::contains).collect(toSet());
  }

  /** A member of the group that takes what it is given and does nothing with it. */
  private static final class Joiner implements AutoCloseable {
    final Set<UUID> received = ConcurrentHashMap.newKeySet();
    private final KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                STACK.kafkaBootstrap(),
                ConsumerConfig.GROUP_ID_CONFIG,
                Topics.group(ScriptHandler.TYPE.name()),
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    private final Thread thread = Thread.ofPlatform().name("joiner").unstarted(this::run);

    void start() {
      thread.start();
    }

    private void run() {
      try (consumer) {
        consumer.subscribe(Topics.of(ScriptHandler.TYPE.name()));
        while (true) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            received.add(UUID.fromString(TestTopics.header(record, TaskHeaders.ID)));
          }
        }
      } catch (WakeupException e) {
        // Closed.
      }
    }

    @Override
    public void close() throws InterruptedException {
      if (thread.isAlive()) {
        consumer.wakeup();
        thread.join();
      } else {
        consumer.close();
      }
    }
  }
}
