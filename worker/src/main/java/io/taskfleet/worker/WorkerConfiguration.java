package io.taskfleet.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Capacity;
import io.taskfleet.worker.attempt.DependentHandler;
import io.taskfleet.worker.attempt.Gate;
import io.taskfleet.worker.attempt.RunningWatch;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.fleet.Caps;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.fleet.DatabaseClock;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.ledger.Aftermath;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.outbound.OutboundProperties;
import io.taskfleet.worker.quarantine.CrashLedger;
import io.taskfleet.worker.retention.Retention;
import io.taskfleet.worker.retention.RetentionProperties;
import io.taskfleet.worker.rollup.RollupProperties;
import io.taskfleet.worker.rollup.Rollups;
import io.taskfleet.worker.round.Round;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import io.taskfleet.worker.timer.Redrives;
import io.taskfleet.worker.timer.Relay;
import io.taskfleet.worker.timer.Schedules;
import io.taskfleet.worker.warmup.WarmUp;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
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
  RetentionProperties.class,
  RollupProperties.class,
  ScheduleProperties.class
})
class WorkerConfiguration {
  private static final Duration RETENTION_AGAIN = Duration.ofSeconds(5);

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

  @Bean
  KnownTypes knownTypes(PayloadReader payloads, List<TaskHandler<?>> handlers, OwnTypes.Found own) {
    Stream<TaskType<?>> here = handlers.stream().map(TaskHandler::type);
    Stream<TaskType<?>> found = own.types().stream().map(each -> each.provider().type());
    return new KnownTypes(payloads, Stream.concat(here, found).toList());
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
  Rollups rollups(DataSource database, RollupProperties properties) {
    return new Rollups(database, properties);
  }

  /** A record that is read again, and a request that is made again, must find its task. */
  @Bean
  Retention retention(
      DataSource database,
      RetentionProperties retention,
      TopicsProperties topics,
      EngineProperties engine) {
    retention.requireAtLeast(
        topics.longestKept(), "taskfleet.topics.retention, and a week for Kafka to act on it");
    retention.requireAtLeast(engine.statusTimeToLive(), "taskfleet.worker.status-time-to-live");
    return new Retention(database, retention);
  }

  /** What goes on beside the engine; the engine's lifecycle is theirs. */
  @Bean
  Round redriving(Redrives redrives, EngineProperties properties) {
    return new Round("redrives", properties.relayInterval(), redrives);
  }

  @Bean
  Round rollingUp(Rollups rollups, RollupProperties properties) {
    return new Round("rollups", properties.foldInterval(), rollups);
  }

  @Bean
  Round deletingEnded(Retention retention) {
    return new Round("retention", RETENTION_AGAIN, retention);
  }

  @Bean
  Engine engine(
      EngineProperties properties,
      List<TaskHandler<?>> handlers,
      KnownTypes types,
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
              types,
              classifier,
              watch,
              settings.attemptTimeout(),
              new Telemetry(new AttemptMeters(meters, type), tracing)),
          capacity(handler, properties.cpuThreads(), dependencies),
          () -> consumers.createConsumer(Topics.group(type), worker.name(), "-" + type),
          surroundings);
    }
    surroundings.controls().onCancelled(engine::cancel);
    return engine;
  }

  private static Capacity capacity(
      TaskHandler<?> handler, int cpuThreads, Dependencies dependencies) {
    Gate gate = gate(handler, dependencies);
    return handler.isCpuBound()
        ? Capacity.computing(handler.type().name(), cpuThreads, gate)
        : Capacity.waiting(gate);
  }

  /** While its only dependency takes no calls, a type is better left waiting in Kafka. */
  private static Gate gate(TaskHandler<?> handler, Dependencies dependencies) {
    String only = handler instanceof DependentHandler dependent ? dependent.onlyDependency() : null;
    return only == null ? Gate.OPEN : () -> dependencies.limit(only);
  }

  /** The names of the types that this worker runs. */
  static List<String> types(List<TaskHandler<?>> handlers, EngineProperties worker) {
    return chosen(handlers, worker.types()).stream().map(each -> each.type().name()).toList();
  }

  static List<TaskHandler<?>> chosen(List<TaskHandler<?>> handlers, List<String> types) {
    Set<String> names = new HashSet<>();
    for (TaskHandler<?> handler : handlers) {
      if (!names.add(handler.type().name())) {
        throw new IllegalStateException("two handlers for " + handler.type().name());
      }
    }
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
      List<Round> rounds,
      StatusCache cache,
      EngineProperties properties) {
    return new EngineLifecycle(engine, relay, rounds, cache, properties.drainDeadline());
  }
}
