package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.status.TaskView;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.QueryParameters;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists a tenant's tasks, page by page or in one file. */
@RestController
final class ListingController {
  private final TaskPages pages;
  private final TaskExports exports;

  ListingController(TaskPages pages, TaskExports exports) {
    this.pages = pages;
    this.exports = exports;
  }

  @GetMapping(path = "/v1/tasks", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> list(
      @KnownParameters({
            "state",
            "type",
            "tag",
            "key",
            "from",
            "to",
            PageRequest.SIZE,
            PageRequest.TOKEN
          })
          QueryParameters query,
      Caller caller) {
    TaskFilter filter = TaskFilter.of(query);
    PageRequest<Position> page = PageRequest.of(query, filter.tokens(caller.tenant()));
    Slice<TaskView> found = pages.page(caller.tenant(), filter, page);
    return JsonAnswer.ok(new TaskPage(found.items(), found.nextPageToken()));
  }

  @GetMapping("/v1/tasks/export")
  @RequiresScope(Scope.TASKS_READ)
  void export(
      @KnownParameters({"state", "type", "tag", "key", "from", "to", "format"})
          QueryParameters query,
      Caller caller,
      HttpServletResponse response)
      throws IOException {
    Selection selection = new Selection(caller.tenant(), TaskFilter.of(query), null);
    exports.write(selection, ExportFormat.of(query), response);
  }
}
