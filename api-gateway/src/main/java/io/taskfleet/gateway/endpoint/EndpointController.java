package io.taskfleet.gateway.endpoint;

import static io.taskfleet.gateway.endpoint.EndpointView.ENDPOINTS;
import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.PageTokens;
import io.taskfleet.gateway.paging.PlaceForm;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.security.AuditLog.Actor;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.MergePatch;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import java.time.Clock;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Registers, reads, changes and removes webhook endpoints, and gives them new keys. */
@RestController
@RequestMapping(path = ENDPOINTS, produces = APPLICATION_JSON_VALUE)
final class EndpointController {
  private static final String MERGE_PATCH = "application/merge-patch+json";

  private final EndpointRows rows;
  private final SigningKeys keys;
  private final PayloadReader payloads;
  private final Clock clock;

  EndpointController(EndpointRows rows, SigningKeys keys, PayloadReader payloads, Clock clock) {
    this.rows = rows;
    this.keys = keys;
    this.payloads = payloads;
    this.clock = clock;
  }

  @PostMapping(consumes = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> register(JsonBody body, Caller caller, TraceContext trace) {
    EndpointRequest request = valid(body.utf8(), EndpointRequest.class);
    UUID id = TaskIds.next(clock);
    SigningKeys.New key = keys.next(caller.tenant(), id);
    Endpoint made = rows.insert(new Actor(caller, trace), id, request, key);
    EndpointView view = EndpointView.of(made, key.secret());
    return JsonAnswer.created(view.links().self(), view);
  }

  @GetMapping
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> list(
      @KnownParameters({PageRequest.SIZE, PageRequest.TOKEN}) QueryParameters query,
      Caller caller) {
    PageRequest<UUID> page =
        PageRequest.of(query, new PageTokens<>(PlaceForm.ID, "endpoints", caller.tenant()));
    Slice<Endpoint> found = rows.page(caller.tenant(), page);
    return JsonAnswer.ok(
        new EndpointView.Page(
            found.items().stream().map(EndpointView::of).toList(), found.nextPageToken()));
  }

  @GetMapping("/{id}")
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> read(@PathVariable String id, Caller caller) {
    return JsonAnswer.ok(
        rows.find(caller.tenant(), idOf(id))
            .map(EndpointView::of)
            .orElseThrow(EndpointController::notFound));
  }

  @PatchMapping(
      path = "/{id}",
      consumes = {MERGE_PATCH, APPLICATION_JSON_VALUE})
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> change(
      @PathVariable String id, JsonBody body, Caller caller, TraceContext trace) {
    MergePatch patch = MergePatch.read(body.utf8());
    return JsonAnswer.ok(
        rows.update(
                new Actor(caller, trace),
                idOf(id),
                before -> valid(patch.appliedTo(EndpointRequest.of(before)), EndpointRequest.class))
            .map(EndpointView::of)
            .orElseThrow(EndpointController::notFound));
  }

  @DeleteMapping("/{id}")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> remove(@PathVariable String id, Caller caller, TraceContext trace) {
    if (!rows.delete(new Actor(caller, trace), idOf(id))) {
      throw notFound();
    }
    return ResponseEntity.noContent().build();
  }

  @PostMapping(path = "/{id}/rotate", consumes = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> rotate(
      @PathVariable String id, JsonBody body, Caller caller, TraceContext trace) {
    RotationRequest request = valid(body.utf8(), RotationRequest.class);
    UUID endpoint = idOf(id);
    SigningKeys.New key = keys.next(caller.tenant(), endpoint);
    return JsonAnswer.ok(
        rows.addKey(new Actor(caller, trace), endpoint, key, request.checkedOverlap())
            .map(changed -> EndpointView.of(changed, key.secret()))
            .orElseThrow(EndpointController::notFound));
  }

  private <T> T valid(byte[] body, Class<T> type) {
    return JsonBody.readValid(body, type, payloads);
  }

  /** The id in a path; one that is not canonical is no endpoint's. */
  private static UUID idOf(String text) {
    return TaskIds.parse(text).orElseThrow(EndpointController::notFound);
  }

  private static ProblemException notFound() {
    return ProblemException.of(ProblemType.NOT_FOUND, "there is no endpoint of this id");
  }
}
