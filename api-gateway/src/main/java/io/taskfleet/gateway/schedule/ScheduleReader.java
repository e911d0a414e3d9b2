package io.taskfleet.gateway.schedule;

import io.taskfleet.gateway.submit.TaskReader;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.MergePatch;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import java.time.Clock;
import java.time.Instant;

/** Makes definitions of request bodies, or says what is wrong with them. */
final class ScheduleReader {
  private static final String NO_TRACE = "";

  private final TaskReader tasks;
  private final Clock clock;

  ScheduleReader(TaskReader tasks, Clock clock) {
    this.tasks = tasks;
    this.clock = clock;
  }

  /**
   * The definition in this body.
   *
   * @param createdAt what {@code every} is counted from
   * @throws ProblemException if the body is malformed or breaks a rule
   */
  Definition read(byte[] body, String tenant, Instant createdAt) {
    ScheduleRequest request = JsonBody.read(body, ScheduleRequest.class);
    String name = request.checkedName();
    return definition(name, request, createdAt, template(request.givenTask().of(body), tenant));
  }

  /**
   * What a schedule is with this patch. Its task stays as it is, byte for byte, unless the patch is
   * about it.
   *
   * @throws ProblemException if it breaks a rule with the patch
   */
  Definition patched(Schedule schedule, MergePatch patch) {
    Definition before = schedule.definition();
    byte[] body = patch.appliedTo(ScheduleView.Owned.of(before));
    if (body.length > JsonBody.MAX_BYTES) {
      throw ProblemException.of(
          ProblemType.TOO_LARGE, "a schedule may have " + JsonBody.MAX_BYTES + " bytes");
    }
    ScheduleRequest request = JsonBody.read(body, ScheduleRequest.class);
    if (!request.checkedName().equals(before.name())) {
      throw ProblemException.refused("/name", "cannot be changed");
    }
    byte[] task = request.givenTask().of(body);
    return definition(
        before.name(),
        request,
        schedule.createdAt(),
        patch.isAbout("task") ? template(task, schedule.tenant()) : before.task());
  }

  private Definition definition(
      String name, ScheduleRequest request, Instant createdAt, Template task) {
    return new Definition(
        name,
        request.timing(createdAt, clock.instant()),
        request.catchUpOrOnce(),
        request.isEnabled(),
        task);
  }

  private Template template(byte[] body, String tenant) {
    Instant now = clock.instant();
    TaskReader.Origin nobody = new TaskReader.Origin(TaskIds.next(clock), tenant, now, NO_TRACE);
    try {
      Template task = Template.of(tasks.readTimeless(body, nobody));
      Instant end = task.options().expiresAt();
      if (end != null && end.isAfter(now.plus(ScheduleRequest.FARTHEST))) {
        throw ProblemException.refused("/expires_at", ScheduleRequest.TOO_FAR);
      }
      return task;
    } catch (ProblemException e) {
      throw e.within("/task");
    }
  }
}
