package io.taskfleet.gateway.user;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.JsonBody;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** Reads profiles, and reads and replaces preferences and permissions. */
@RestController
final class ProfileController {
  private static final String USER = UserLinks.USERS + "/{id}";

  private final ProfileReader profiles;
  private final PreferenceTable preferences;
  private final UserTable table;
  private final Turns turns;
  private final UserBodies bodies;

  ProfileController(
      ProfileReader profiles,
      PreferenceTable preferences,
      UserTable table,
      Turns turns,
      UserBodies bodies) {
    this.profiles = profiles;
    this.preferences = preferences;
    this.table = table;
    this.turns = turns;
    this.bodies = bodies;
  }

  @GetMapping(path = USER + "/profile", produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> profile(@PathVariable String id, Caller caller) {
    UUID user = UserController.idOf(id);
    return JsonAnswer.ok(profiles.read(caller.tenant(), user));
  }

  @GetMapping(path = USER + "/preferences", produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> preferences(@PathVariable String id, Caller caller) {
    UUID user = UserController.idOf(id);
    Preferences found =
        turns.ask(() -> preferences.find(caller.tenant(), user)).orElseThrow(UserCache::unknown);
    return JsonAnswer.ok(found);
  }

  @PutMapping(
      path = USER + "/preferences",
      consumes = APPLICATION_JSON_VALUE,
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> replacePreferences(@PathVariable String id, JsonBody body, Caller caller) {
    Preferences wishes = bodies.read(body.utf8(), Preferences.class);
    UUID user = UserController.idOf(id);
    if (!turns.ask(() -> preferences.replace(caller.tenant(), user, wishes))) {
      throw UserCache.unknown();
    }
    return preferences(id, caller);
  }

  @PutMapping(
      path = USER + "/permissions",
      consumes = APPLICATION_JSON_VALUE,
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> replacePermissions(@PathVariable String id, JsonBody body, Caller caller) {
    Permissions granted = bodies.read(body.utf8(), Permissions.class).normalised();
    UUID user = UserController.idOf(id);
    if (!turns.ask(() -> table.replacePermissions(caller.tenant(), user, granted.permissions()))) {
      throw UserCache.unknown();
    }
    return JsonAnswer.ok(granted);
  }
}
