package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.consume.Engine;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What a topic that was deleted under a running worker stops, and what it does not. */
class MissingTopicIT {
  private static final LocalStack STACK = LocalStack.builder().start();
  private static final TestFleet FLEET = new TestFleet(STACK, STACK.jdbcUrl());
  private static ConfigurableApplicationContext worker;

  @BeforeAll
  static void startWorker() {
    worker = FLEET.startWorker("taskfleet.worker.defaults.commit-interval=100ms");
    List<Task> first = events("first", 20);
    FLEET.publishAll(first);
    awaitSucceeded(first);
  }

  @AfterAll
  static void stop() {
    FLEET.close();
    STACK.close();
  }

  @Test
  void aMissingDeadLetterTopicHoldsUpItsOwnTypeOnlyAndLosesNothing() {
    String topic = Topics.deadLetter(BuiltInTypes.EMAIL.name());
    long emailsBefore = FLEET.topics.committed(BuiltInTypes.EMAIL);
    FLEET.topics.delete(topic);
    List<Task> dead = IntStream.range(0, 20).mapToObj(_ -> unacceptable()).toList();
    FLEET.publishAll(dead);
    dead.forEach(task -> FLEET.awaitState(task.id(), "dead"));
    long eventsBefore = FLEET.topics.committed(BuiltInTypes.ANALYTICS);

    List<Task> neighbours = events("neighbour", 50);
    FLEET.publishAll(neighbours);

    await()
        .atMost(Duration.ofSeconds(2))
        .until(
            () ->
                FLEET.topics.committed(BuiltInTypes.ANALYTICS) == eventsBefore + neighbours.size());
    awaitSucceeded(neighbours);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> troubles().contains("Kafka refuses dead letters or events"));
    assertThat(FLEET.topics.committed(BuiltInTypes.EMAIL)).isEqualTo(emailsBefore);

    FLEET.topics.create(BuiltInTypes.EMAIL, topic);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> FLEET.topics.committed(BuiltInTypes.EMAIL) == emailsBefore + dead.size());
    assertThat(
            FLEET.topics.deadLetters(BuiltInTypes.EMAIL).stream()
                .map(letter -> TestTopics.header(letter, TaskHeaders.DLT_TASK_ID)))
        .containsExactlyInAnyOrderElementsOf(
            dead.stream().map(task -> task.id().toString()).toList());
    assertThat(troubles()).isEmpty();
    System.out.printf(
        "%d of %d dead letters once the topic was back, %d of %d neighbours meanwhile%n",
        dead.size(), dead.size(), neighbours.size(), neighbours.size());
  }

  @Test
  void withoutTheTopicOfEventsStatesAreToldAndNothingIsFinished() {
    FLEET.topics.delete(Topics.EVENTS);
    long before = FLEET.topics.committed(BuiltInTypes.ANALYTICS);
    List<Task> early = events("early", 20);
    FLEET.publishAll(early);
    awaitSucceeded(early);
    await().atMost(Duration.ofSeconds(30)).until(() -> !troubles().isEmpty());

    List<Task> late = events("late", 20);
    FLEET.publishAll(late);

    try (RedisClient client = RedisClient.create(STACK.redisUri());
        var redis = client.connect()) {
      late.forEach(
          task ->
              await()
                  .atMost(Duration.ofSeconds(2))
                  .until(() -> cached(redis, task.id()).contains("succeeded")));
    }
    assertThat(FLEET.topics.committed(BuiltInTypes.ANALYTICS)).isEqualTo(before);

    FLEET.topics.create(BuiltInTypes.ANALYTICS, Topics.EVENTS);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                FLEET.topics.committed(BuiltInTypes.ANALYTICS)
                    == before + early.size() + late.size());
    await().until(() -> troubles().isEmpty());
  }

  private static Task unacceptable() {
    return FLEET.task(
        BuiltInTypes.EMAIL,
        "{\"to\":\"nobody\",\"subject\":\"s\",\"text\":\"t\"}",
        Task.Options.NONE);
  }

  private static List<Task> events(String name, int count) {
    return IntStream.range(0, count).mapToObj(_ -> FLEET.event(name)).toList();
  }

  private static void awaitSucceeded(List<Task> tasks) {
    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
  }

  private static List<String> troubles() {
    return worker.getBean(Engine.class).troubles();
  }

  private static String cached(StatefulRedisConnection<String, String> redis, UUID id) {
    @Nullable String json = redis.sync().get(RedisKeys.task(id));
    return json == null ? "" : json;
  }
}
