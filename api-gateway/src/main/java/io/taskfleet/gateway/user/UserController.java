package io.taskfleet.gateway.user;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.PageTokens;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.user.NewUser.Origin;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.RefusedJsonException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Makes, reads, changes, deletes and lists users. */
@RestController
final class UserController {
  private static final String MERGE_PATCH = "application/merge-patch+json";

  private final Users users;
  private final UserCache cache;
  private final UserBodies bodies;
  private final Clock clock;

  UserController(Users users, UserCache cache, UserBodies bodies, Clock clock) {
    this.users = users;
    this.cache = cache;
    this.bodies = bodies;
    this.clock = clock;
  }

  @PostMapping(
      path = UserLinks.USERS,
      consumes = APPLICATION_JSON_VALUE,
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> create(
      JsonBody body, IdempotencyKey key, Caller caller, TraceContext trace) {
    Origin origin = new Origin(caller.tenant(), users.now(), trace.header(), true);
    try {
      NewUser user =
          bodies.readUser(key.taskId(caller.tenant(), clock), key.value() != null, body.utf8());
      UserView made = UserView.of(users.create(origin, user));
      return JsonAnswer.created(made.links().self(), made);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  @GetMapping(path = UserLinks.USERS + "/{id}", produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> read(@PathVariable String id, Caller caller) {
    UserCache.Found found = cache.find(caller.tenant(), idOf(id));
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noStore())
        .header("X-Cache", found.hit() ? "hit" : "miss")
        .header(HttpHeaders.AGE, Long.toString(found.user().age(clock.instant())))
        .body(found.user().json());
  }

  @PatchMapping(
      path = UserLinks.USERS + "/{id}",
      consumes = {MERGE_PATCH, APPLICATION_JSON_VALUE},
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> change(@PathVariable String id, JsonBody body, Caller caller) {
    ObjectNode patch = bodies.read(body.utf8(), ObjectNode.class);
    UserRow changed =
        users.change(
            caller.tenant(), idOf(id), patch, json -> bodies.read(json, UserDocument.class));
    return JsonAnswer.ok(UserView.of(changed));
  }

  @DeleteMapping(path = UserLinks.USERS + "/{id}")
  @RequiresScope(Scope.USERS)
  ResponseEntity<Void> delete(@PathVariable String id, Caller caller) {
    users.delete(caller.tenant(), idOf(id));
    return ResponseEntity.noContent().build();
  }

  /** A page of users, and where the next one begins. */
  private record Listing(List<UserView> users, @Nullable String nextPageToken) {}

  @GetMapping(path = UserLinks.USERS, produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> list(
      @KnownParameters({"status", PageRequest.SIZE, PageRequest.TOKEN}) QueryParameters query,
      Caller caller) {
    Optional<UserStatus> status =
        query.oneOf("status", List.of(UserStatus.values()), UserStatus::label);
    PageRequest<Position> page =
        PageRequest.of(
            query, new PageTokens<>(Position.FORM, "users", caller.tenant(), status.orElse(null)));
    Slice<UserRow> found = users.list(caller.tenant(), status, page);
    return JsonAnswer.ok(
        new Listing(found.items().stream().map(UserView::of).toList(), found.nextPageToken()));
  }

  /** The id in a path; one that is not canonical is nobody's. */
  static UUID idOf(String text) {
    return TaskIds.parse(text).orElseThrow(UserCache::unknown);
  }
}
