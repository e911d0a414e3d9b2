package io.taskfleet.gateway.schedule;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Cron;
import io.taskfleet.schedule.Timing;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A schedule as its owner reads it back. */
record ScheduleView(
    UUID id,
    @JsonUnwrapped Owned owned,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant nextFireAt,
    @Nullable Instant lastFiredAt,
    @Nullable UUID lastTaskId,
    Links links) {
  static final String SCHEDULES = "/v1/schedules";

  /** Where it can be read and run. */
  record Links(String self, String run) {}

  /** A part of all that a tenant has. */
  record Page(List<ScheduleView> schedules, @Nullable String nextPageToken) {}

  /** What its owner has said and may say anew: the body that would make the same schedule. */
  record Owned(
      String name,
      @Nullable String cron,
      @Nullable String zone,
      @Nullable String every,
      @Nullable Instant at,
      CatchUp catchUp,
      boolean enabled,
      OwnedTask task) {

    static Owned of(Definition definition) {
      Cron cron = definition.timing() instanceof Cron given ? given : null;
      return new Owned(
          definition.name(),
          cron == null ? null : cron.text(),
          cron == null ? null : cron.zone().getId(),
          definition.timing() instanceof Timing.Every(Instant _, Duration period)
              ? period.toString()
              : null,
          definition.timing() instanceof Timing.At(Instant time) ? time : null,
          definition.catchUp(),
          definition.enabled(),
          OwnedTask.of(definition.task()));
    }
  }

  /** The same of its task. */
  record OwnedTask(
      String type,
      RawJson payload,
      @Nullable String key,
      Priority priority,
      @Nullable Instant expiresAt,
      @Nullable Integer maxAttempts,
      @Nullable String timeout,
      @Nullable Tags tags,
      @Nullable String callbackUrl) {

    static OwnedTask of(Template task) {
      Task.Options options = task.options();
      Duration timeout = options.timeout();
      return new OwnedTask(
          task.type(),
          task.payload(),
          task.key(),
          task.priority(),
          options.expiresAt(),
          options.maxAttempts(),
          timeout == null ? null : timeout.toString(),
          options.tags(),
          options.callbackUrl());
    }
  }

  static ScheduleView of(Schedule schedule) {
    String self = SCHEDULES + '/' + schedule.definition().name();
    return new ScheduleView(
        schedule.id(),
        Owned.of(schedule.definition()),
        schedule.createdAt(),
        schedule.updatedAt(),
        schedule.progress().nextFireAt(),
        schedule.progress().lastFiredAt(),
        schedule.progress().lastTaskId(),
        new Links(self, self + "/run"));
  }
}
