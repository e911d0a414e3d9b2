package io.taskfleet.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.InboxArrival;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.timer.TimerFixture;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Notifications in inboxes: there with the result, once, and told of. */
class InboxIT {
  private static final String TYPE = "inbox";
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("inbox"));
  private static final RedisClient REDIS = RedisClient.create(SharedLocalStack.get().redisUri());
  private static final StatusCache CACHE = new StatusCache(REDIS, Duration.ofHours(1));
  private static final BlockingQueue<InboxArrival> TOLD = new LinkedBlockingQueue<>();
  private static final Ledger LEDGER =
      new Ledger(
          FLEET.dataSource,
          new TaskTable(FLEET.dataSource, "test"),
          new Aftermath(FLEET.producer, CACHE),
          new LedgerMeters(new SimpleMeterRegistry(), Clock.systemUTC()),
          "test");

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start() {
    FLEET.createTopics(TYPE);
    StatefulRedisPubSubConnection<String, byte[]> news =
        REDIS.connectPubSub(RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE));
    news.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(String channel, byte[] message) {
            InboxArrival.read(message).ifPresent(TOLD::add);
          }
        });
    news.sync().subscribe(RedisKeys.INBOXES);
    CACHE.start();
    LEDGER.start();
  }

  @AfterAll
  static void stop() throws Exception {
    LEDGER.drain(Duration.ofSeconds(10));
    CACHE.close();
    REDIS.shutdown();
    FLEET.close();
  }

  @Test
  void writesOneNotificationHoweverOftenItsTaskIsRecordedAndTellsOfIt() throws Exception {
    insert(user);
    UUID id = TaskIds.next(Clock.systemUTC());
    await().until(() -> TOLD.poll() != null || isTold());

    record(id, 1);
    record(id, 2);

    assertThat(
            FLEET
                .database
                .sql("select title || message || data from inbox_notification where id = :id")
                .param("id", id)
                .query(String.class)
                .list())
        .containsExactly("TitleHello{\"a\":1}");
    assertThat(next(id)).isEqualTo(new InboxArrival(Task.DEFAULT_TENANT, user, id));
  }

  @Test
  void succeedsForAUserWhoHasJustGone() throws Exception {
    UUID id = TaskIds.next(Clock.systemUTC());

    record(id, 3);

    assertThat(state(id)).isEqualTo("succeeded");
  }

  // The cache connects in the background.
  private static boolean isTold() {
    byte[] probe = new InboxArrival("probe", UUID.randomUUID(), UUID.randomUUID()).toJson();
    CACHE.publish(RedisKeys.INBOXES, List.of(probe));
    return false;
  }

  private static InboxArrival next(UUID id) throws InterruptedException {
    InboxArrival told = TOLD.poll(10, TimeUnit.SECONDS);
    while (told != null && !told.id().equals(id)) {
      told = TOLD.poll(10, TimeUnit.SECONDS);
    }
    assertThat((Object) told).isNotNull();
    return told;
  }

  private static void insert(UUID user) {
    FLEET
        .database
        .sql(
            """
            insert into app_user (tenant, id, email, status, created_at, updated_at)
            values (:tenant, :id, :email, 'active', now(), now())
            """)
        .param("tenant", Task.DEFAULT_TENANT)
        .param("id", user)
        .param("email", user + "@example.com")
        .update();
  }

  private static String state(UUID id) {
    return FLEET
        .database
        .sql("select state from task where id = :id")
        .param("id", id)
        .query(String.class)
        .single();
  }

  private void record(UUID id, long offset) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    LEDGER.submit(entry(id, offset, done));
    assertThat(done.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
  }

  private Entry entry(UUID id, long offset, CompletableFuture<Boolean> done) {
    Instant now = Instant.now();
    byte[] body = "{}".getBytes(UTF_8);
    Task task =
        new Task(
            id,
            Task.DEFAULT_TENANT,
            TYPE,
            Priority.NORMAL,
            id.toString(),
            body,
            now,
            Task.Options.NONE,
            null,
            null,
            1);
    List<Effect> effects = List.of(new Effect.InboxFilled(user, "Title", "Hello", "{\"a\":1}"));
    return new Entry(
        new ConsumerRecord<>("taskfleet." + TYPE, 0, offset, new byte[0], body),
        task,
        null,
        new Entry.Outcome(TaskState.SUCCEEDED, 1, null, null, null, null, now, now, effects),
        new Entry.Receipt() {
          @Override
          public void finished() {
            done.complete(true);
          }

          @Override
          public void conflicted() {
            done.complete(false);
          }
        });
  }
}
