package io.taskfleet.gateway.user;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.PageTokens;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.QueryParameters;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
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
      @KnownParameters({"unread", PageRequest.SIZE, PageRequest.TOKEN}) QueryParameters query,
      Caller caller) {
    UUID user = UserController.idOf(id);
    boolean unread = query.flag("unread");
    PageRequest<Position> page =
        PageRequest.of(
            query, new PageTokens<>(Position.FORM, "inbox", caller.tenant(), user, unread));
    Slice<InboxRow> found = inbox.list(caller.tenant(), user, unread, page);
    return JsonAnswer.ok(
        new Listing(
            found.items().stream().map(NotificationView::of).toList(), found.nextPageToken()));
  }

  @PostMapping(path = NOTIFICATIONS + "/{notification}/read", produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> markRead(
      @PathVariable String id, @PathVariable String notification, Caller caller) {
    return JsonAnswer.ok(
        inbox.markRead(
            caller.tenant(), UserController.idOf(id), UserController.idOf(notification)));
  }
}
