package io.taskfleet.worker;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyState;
import io.taskfleet.worker.fleet.Caps;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.fleet.DatabaseClock;
import io.taskfleet.worker.fleet.Heartbeat;
import io.taskfleet.worker.fleet.RedisLink;
import io.taskfleet.worker.fleet.WorkerIdentity;
import io.taskfleet.worker.fleet.WorkerReport;
import io.taskfleet.worker.telemetry.LedgerMeters;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a worker has to do with the rest of the fleet. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FleetProperties.class)
class FleetConfiguration {

  /** The library's threads are shared with the other client. */
  @Bean(destroyMethod = "close")
  RedisLink redisLink(RedisClient redis, RedisProperties address, FleetProperties fleet) {
    RedisURI uri = RedisURI.create(address.url());
    uri.setTimeout(fleet.redisPatience());
    return new RedisLink(redis.getResources(), uri, fleet.redisPatience());
  }

  @Bean(destroyMethod = "close")
  Controls controls(
      DataSource database,
      List<TaskHandler<?>> handlers,
      EngineProperties worker,
      FleetProperties fleet,
      DatabaseClock clock) {
    return new Controls(
        database, WorkerConfiguration.types(handlers, worker), fleet.controlsInterval(), clock);
  }

  @Bean(destroyMethod = "close")
  Caps caps(RedisLink redis, Controls controls, WorkerId worker, FleetProperties fleet) {
    return new Caps(worker.name(), redis, controls::caps, fleet.lease(), fleet.renewInterval());
  }

  @Bean(destroyMethod = "close")
  Heartbeat heartbeat(
      RedisLink redis,
      WorkerId worker,
      Supplier<WorkerReport> workerReports,
      FleetProperties fleet,
      Clock clock) {
    String version = WorkerApplication.class.getPackage().getImplementationVersion();
    return new Heartbeat(
        new WorkerIdentity(
            worker.name(),
            WorkerId.host(),
            Objects.requireNonNullElse(version, "dev"),
            clock.instant()),
        redis,
        workerReports,
        new Heartbeat.Timing(fleet.heartbeatInterval(), fleet.heartbeatTimeToLive()),
        clock);
  }

  @Bean
  Supplier<WorkerReport> workerReports(
      Engine engine,
      LedgerMeters ledger,
      Dependencies dependencies,
      List<TaskHandler<?>> handlers,
      EngineProperties worker) {
    List<String> types = WorkerConfiguration.types(handlers, worker);
    return () ->
        new WorkerReport(
            types,
            engine.assignedPartitions(),
            engine.inFlight(),
            ledger.totals(),
            engine.lag(),
            notClosed(dependencies));
  }

  private static Map<String, String> notClosed(Dependencies dependencies) {
    return dependencies.states().stream()
        .filter(each -> each.state() != DependencyState.State.CLOSED)
        .collect(Collectors.toMap(DependencyState::name, each -> each.state().label()));
  }

  @Bean
  FleetLifecycle fleetLifecycle(
      Controls controls, Caps caps, Heartbeat heartbeat, Dependencies dependencies) {
    controls.onDependencies(dependencies::adjust);
    return new FleetLifecycle(controls, caps, heartbeat);
  }
}
