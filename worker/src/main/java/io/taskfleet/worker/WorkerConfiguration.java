package io.taskfleet.worker;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.TopicLayout;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Gate;
import io.taskfleet.worker.attempt.RunningWatch;
import io.taskfleet.worker.attempt.TaskHandler;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.SharedBreakers;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.fleet.Caps;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.fleet.DatabaseClock;
import io.taskfleet.worker.ledger.Aftermath;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.outbound.OutboundProperties;
import io.taskfleet.worker.quarantine.CrashLedger;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import io.taskfleet.worker.timer.Redrives;
import io.taskfleet.worker.timer.Relay;
import io.taskfleet.worker.timer.Schedules;
import io.taskfleet.worker.warmup.WarmUp;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** Assembles the worker. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  EngineProperties.class,
  RedisProperties.class,
  ScheduleProperties.class,
  TopicsProperties.class
})
class WorkerConfiguration {

  @Bean
  DatabaseClock clock() {
    return new DatabaseClock(Clock.systemUTC());
  }

  @Bean
  WorkerId workerId() {
    return WorkerId.ofThisProcess();
  }

  @Bean(destroyMethod = "close")
  PayloadReader payloadReader(OutboundProperties outbound) {
    return new PayloadReader(outbound.destinations());
  }

  @Bean(destroyMethod = "close")
  Producer<byte[], byte[]> producer(ProducerFactory<byte[], byte[]> producers) {
    return producers.createProducer();
  }

  @Bean(destroyMethod = "close")
  Admin admin(KafkaAdmin kafkaAdmin) {
    return Admin.create(kafkaAdmin.getConfigurationProperties());
  }

  @Bean
  KafkaAdmin.NewTopics topics(
      TopicsProperties topics, List<TaskHandler<?>> handlers, EngineProperties worker) {
    TopicLayout layout =
        new TopicLayout(
            topics.partitions(),
            topics.replication(),
            topics.retention(),
            topics.deadLetterRetention());
    List<String> types =
        chosen(handlers, worker.types()).stream().map(each -> each.type().name()).toList();
    return new KafkaAdmin.NewTopics(layout.topics(types).toArray(NewTopic[]::new));
  }

  @Bean(destroyMethod = "shutdown")
  RedisClient redis(RedisProperties properties) {
    RedisURI uri = RedisURI.create(properties.url());
    uri.setTimeout(properties.commandTimeout());
    RedisClient client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(properties.queue())
            .socketOptions(
                SocketOptions.builder().connectTimeout(properties.connectTimeout()).build())
            .timeoutOptions(TimeoutOptions.enabled(properties.commandTimeout()))
            .build());
    return client;
  }

  @Bean(destroyMethod = "close")
  StatusCache statusCache(RedisClient redis, EngineProperties properties) {
    return new StatusCache(redis, properties.statusTimeToLive());
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  SharedBreakers sharedBreakers(RedisClient redis, Dependencies dependencies, WorkerId worker) {
    return new SharedBreakers(redis, dependencies, worker.name());
  }

  @Bean
  TaskTable taskTable(DataSource database, WorkerId worker) {
    return new TaskTable(database, worker.name());
  }

  @Bean
  Ledger ledger(
      DataSource database,
      TaskTable tasks,
      Producer<byte[], byte[]> producer,
      StatusCache cache,
      LedgerMeters meters,
      WorkerId worker) {
    return new Ledger(database, tasks, new Aftermath(producer, cache), meters, worker.name());
  }

  @Bean
  RunningWatch runningWatch(StatusCache cache) {
    return new RunningWatch(cache::announce);
  }

  @Bean
  Schedules schedules(DataSource database, WorkerId worker, ScheduleProperties properties) {
    return new Schedules(database, worker.name(), properties.lateness());
  }

  @Bean
  Relay relay(
      DataSource database,
      Producer<byte[], byte[]> producer,
      Schedules schedules,
      EngineProperties properties) {
    return new Relay(database, producer, schedules, properties.relayInterval());
  }

  @Bean
  Redrives redrives(DataSource database, EngineProperties properties, StatusCache cache) {
    return new Redrives(
        database, properties.redriveCap(), properties.relayInterval(), cache::forget);
  }

  @Bean
  Engine engine(
      EngineProperties properties,
      List<TaskHandler<?>> handlers,
      PayloadReader payloads,
      FailureClassifier classifier,
      ConsumerFactory<byte[], byte @Nullable []> consumers,
      Ledger ledger,
      RunningWatch watch,
      MeterRegistry meters,
      Tracing tracing,
      Dependencies dependencies,
      Engine.Surroundings surroundings,
      WorkerId worker) {
    Engine engine = new Engine(ledger, watch, meters);
    for (TaskHandler<?> handler : chosen(handlers, properties.types())) {
      String type = handler.type().name();
      EngineProperties.Settings settings = properties.of(type);
      engine.with(
          type,
          settings.engine(),
          settings.retryPolicy(),
          new Attempts<>(
              handler,
              payloads,
              classifier,
              watch,
              settings.attemptTimeout(),
              new Telemetry(new AttemptMeters(meters, type), tracing)),
          gate(handler, dependencies),
          () -> consumers.createConsumer(Topics.group(type), worker.name(), "-" + type),
          surroundings);
    }
    surroundings.controls().onCancelled(engine::cancel);
    return engine;
  }

  /** While its only dependency takes no calls, a type is better left waiting in Kafka. */
  private static Gate gate(TaskHandler<?> handler, Dependencies dependencies) {
    String name = handler.onlyDependency();
    return name == null ? Gate.OPEN : () -> dependencies.limit(name);
  }

  static List<TaskHandler<?>> chosen(List<TaskHandler<?>> handlers, List<String> types) {
    for (String type : types) {
      if (handlers.stream().noneMatch(handler -> handler.type().name().equals(type))) {
        throw new IllegalArgumentException("taskfleet.worker.types: no handler for " + type);
      }
    }
    return handlers.stream()
        .filter(handler -> types.isEmpty() || types.contains(handler.type().name()))
        .toList();
  }

  @Bean
  Engine.Surroundings surroundings(
      DataSource database,
      TaskTable tasks,
      Controls controls,
      Caps caps,
      Admin admin,
      Clock clock) {
    return new Engine.Surroundings(tasks, new CrashLedger(database), controls, caps, admin, clock);
  }

  /** When everything is there and nothing has started. */
  @Bean
  SmartInitializingSingleton warmUp(
      DataSource database,
      PayloadReader payloads,
      FailureClassifier classifier,
      Clock clock,
      EngineProperties properties) {
    return () -> new WarmUp(database, payloads, classifier, clock).run(properties.warmUp());
  }

  @Bean
  EngineLifecycle engineLifecycle(
      Engine engine,
      Relay relay,
      Redrives redrives,
      StatusCache cache,
      KafkaAdmin kafkaAdmin,
      EngineProperties properties) {
    return new EngineLifecycle(
        engine, relay, redrives, cache, new TopicCreation(kafkaAdmin), properties.drainDeadline());
  }
}
