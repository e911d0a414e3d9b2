package io.taskfleet.gateway.schedule;

import static io.taskfleet.gateway.schedule.ScheduleView.SCHEDULES;
import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.idempotency.FirstAnswers;
import io.taskfleet.gateway.idempotency.RepeatableRequest;
import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.PageTokens;
import io.taskfleet.gateway.paging.PlaceForm;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.submit.Acceptance;
import io.taskfleet.gateway.submit.Accepted;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.MergePatch;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes, reads, changes, runs and removes schedules. */
@RestController
@RequestMapping(path = SCHEDULES, produces = APPLICATION_JSON_VALUE)
final class ScheduleController {
  private static final String MERGE_PATCH = "application/merge-patch+json";
  private static final PlaceForm<String> PLACE = PlaceForm.name(ScheduleRequest::isName);

  private final ScheduleReader reader;
  private final ScheduleRows rows;
  private final Acceptance acceptance;
  private final FirstAnswers answers;
  private final Clock clock;

  ScheduleController(
      ScheduleReader reader,
      ScheduleRows rows,
      Acceptance acceptance,
      FirstAnswers answers,
      Clock clock) {
    this.reader = reader;
    this.rows = rows;
    this.acceptance = acceptance;
    this.answers = answers;
    this.clock = clock;
  }

  /** How many schedules there were. */
  private record Deleted(int deleted) {}

  @PostMapping(consumes = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> create(JsonBody body, Caller caller) {
    Instant createdAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Definition definition = reader.read(body.utf8(), caller.tenant(), createdAt);
    Schedule schedule =
        rows.insert(
            caller.tenant(),
            now -> {
              Instant first = definition.firstAfter(now);
              return new Schedule(
                  TaskIds.next(clock),
                  caller.tenant(),
                  definition,
                  createdAt,
                  createdAt,
                  new Schedule.Progress(definition.enabled() ? first : null, null, null));
            });
    ScheduleView view = ScheduleView.of(schedule);
    return JsonAnswer.created(view.links().self(), view);
  }

  @GetMapping
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> list(
      @KnownParameters({PageRequest.SIZE, PageRequest.TOKEN}) QueryParameters query,
      Caller caller) {
    PageRequest<String> page =
        PageRequest.of(query, new PageTokens<>(PLACE, "schedules", caller.tenant()));
    Slice<Schedule> found = rows.page(caller.tenant(), page);
    return JsonAnswer.ok(
        new ScheduleView.Page(
            found.items().stream().map(ScheduleView::of).toList(), found.nextPageToken()));
  }

  @GetMapping("/{name}")
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> read(@PathVariable String name, Caller caller) {
    return JsonAnswer.ok(ScheduleView.of(find(name, caller.tenant())));
  }

  @PatchMapping(
      path = "/{name}",
      consumes = {MERGE_PATCH, APPLICATION_JSON_VALUE})
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> patch(@PathVariable String name, JsonBody body, Caller caller) {
    MergePatch patch = MergePatch.read(body.utf8());
    Schedule changed =
        rows.update(
                caller.tenant(),
                requireName(name),
                (before, now) -> {
                  Definition definition = reader.patched(before, patch);
                  return before.with(definition, now, next(before, definition, patch, now));
                })
            .orElseThrow(ScheduleController::notFound);
    return JsonAnswer.ok(ScheduleView.of(changed));
  }

  /** A schedule that was not waiting, or waits for another time now, starts anew. */
  private static @Nullable Instant next(
      Schedule before, Definition after, MergePatch patch, Instant now) {
    Instant next = before.progress().nextFireAt();
    Instant end = before.definition().task().options().expiresAt();
    if (patch.isAbout("cron", "zone", "every", "at")
        || !Objects.equals(end, after.task().options().expiresAt())
        || (after.enabled() && !before.definition().enabled())) {
      next = after.firstAfter(now);
    }
    return after.enabled() ? next : null;
  }

  @DeleteMapping("/{name}")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> delete(@PathVariable String name, Caller caller) {
    if (!rows.delete(caller.tenant(), requireName(name))) {
      throw notFound();
    }
    return ResponseEntity.noContent().build();
  }

  @DeleteMapping
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> deleteAll(Caller caller) {
    return JsonAnswer.ok(new Deleted(rows.deleteAll(caller.tenant())));
  }

  @PostMapping("/{name}/run")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> run(
      @PathVariable String name, RepeatableRequest request, TraceContext trace) {
    return answers.give(request, () -> runFirst(name, request, trace));
  }

  private ResponseEntity<byte[]> runFirst(
      String name, RepeatableRequest request, TraceContext trace) {
    String tenant = request.tenant();
    Template template = find(name, tenant).definition().task();
    Instant now = clock.instant();
    Instant end = template.options().expiresAt();
    if (end != null && !now.isBefore(end)) {
      throw ProblemException.of(ProblemType.CONFLICT, "the task's expires_at has passed");
    }
    Task task = template.task(request.key().taskId(tenant, clock), tenant, now, trace.header());
    acceptance.accept(task);
    return Accepted.answer(task);
  }

  private Schedule find(String name, String tenant) {
    return rows.find(tenant, requireName(name)).orElseThrow(ScheduleController::notFound);
  }

  private static String requireName(String name) {
    if (!ScheduleRequest.isName(name)) {
      throw notFound();
    }
    return name;
  }

  private static ProblemException notFound() {
    return ProblemException.of(ProblemType.NOT_FOUND, "there is no schedule of this name");
  }
}
