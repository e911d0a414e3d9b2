package io.taskfleet.gateway.user;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Reads inboxes. */
@RestController
final class InboxController {
  private static final String NOTIFICATIONS = UserLinks.USERS + "/{id}/notifications";

  private final Inbox inbox;

  InboxController(Inbox inbox) {
    this.inbox = inbox;
  }

  /** A page of notifications, and where the next one begins. */
  private record Listing(List<NotificationView> notifications, @Nullable String nextPageToken) {}

  @GetMapping(path = NOTIFICATIONS, produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> list(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String unread,
      @RequestParam(name = "page_size", required = false) @Nullable String size,
      @RequestParam(name = "page_token", required = false) @Nullable String token,
      Caller caller) {
    UUID user = UserController.idOf(id);
    boolean onlyUnread = flag("unread", unread);
    String name = "inbox\n" + user + '\n' + onlyUnread + '\n' + caller.tenant();
    Page page = Page.of(name, size, token);
    List<InboxRow> rows = inbox.list(caller.tenant(), user, onlyUnread, page);
    return UserController.answer(
        ResponseEntity.ok(),
        new Listing(
            page.shown(rows).stream().map(NotificationView::of).toList(),
            page.next(rows, InboxRow::createdAt, InboxRow::id)));
  }

  @PostMapping(path = NOTIFICATIONS + "/{notification}/read", produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> markRead(
      @PathVariable String id, @PathVariable String notification, Caller caller) {
    return UserController.answer(
        ResponseEntity.ok(),
        inbox.markRead(
            caller.tenant(), UserController.idOf(id), UserController.idOf(notification)));
  }

  /** A parameter that is either {@code true} or, if it is missing, {@code false}. */
  static boolean flag(String name, @Nullable String value) {
    return switch (value) {
      case null -> false;
      case "true" -> true;
      case "false" -> false;
      default -> throw ProblemException.of(ProblemType.MALFORMED, name + " is true or false");
    };
  }
}
