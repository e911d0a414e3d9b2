package io.taskfleet.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyMeters;
import io.taskfleet.worker.retention.Retention;
import io.taskfleet.worker.retention.RetentionMeters;
import io.taskfleet.worker.rollup.RollupMeters;
import io.taskfleet.worker.rollup.Rollups;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.telemetry.OpenTelemetryTracing;
import io.taskfleet.worker.telemetry.Tracing;
import io.taskfleet.worker.timer.Relay;
import io.taskfleet.worker.timer.RelayMeters;
import io.taskfleet.worker.timer.Schedules;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a worker shows of itself, and to whom. */
@Configuration(proxyBeanMethods = false)
class TelemetryConfiguration {

  /** Without anybody to tell there is nothing to trace. */
  @Bean
  Tracing tracing(ObjectProvider<SpanExporters> exporters, ObjectProvider<Tracer> tracer) {
    SpanExporters told = exporters.getIfAvailable();
    return told == null || told.list().isEmpty()
        ? Tracing.NONE
        : new OpenTelemetryTracing(tracer.getObject());
  }

  @Bean
  LedgerMeters ledgerMeters(MeterRegistry registry, Clock clock) {
    return new LedgerMeters(registry, clock);
  }

  @Bean
  RelayMeters relayMeters(Relay relay, Schedules schedules) {
    return new RelayMeters(relay, schedules);
  }

  @Bean
  RollupMeters rollupMeters(Rollups rollups) {
    return new RollupMeters(rollups);
  }

  @Bean
  RetentionMeters retentionMeters(Retention retention) {
    return new RetentionMeters(retention);
  }

  @Bean(destroyMethod = "close")
  DependencyMeters dependencyMeters(Dependencies dependencies) {
    return new DependencyMeters(dependencies);
  }
}
