package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.QueryParameters;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lists a tenant's tasks, page by page or in one file. */
@RestController
final class ListingController {
  static final int LARGEST_PAGE = 200;
  private static final int USUAL_PAGE = 50;
  private static final String PAGE_SIZE = "page_size";
  private static final String PAGE_TOKEN = "page_token";
  private static final Set<String> OF_LIST = with(TaskFilter.PARAMETERS, PAGE_SIZE, PAGE_TOKEN);
  private static final Set<String> OF_EXPORT = with(TaskFilter.PARAMETERS, "format");

  private final TaskPages pages;
  private final TaskExports exports;

  ListingController(TaskPages pages, TaskExports exports) {
    this.pages = pages;
    this.exports = exports;
  }

  @GetMapping(path = "/v1/tasks", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> list(@RequestParam MultiValueMap<String, String> given, Caller caller) {
    QueryParameters query = new QueryParameters(given, OF_LIST);
    TaskFilter filter = TaskFilter.of(query);
    int size = query.number(PAGE_SIZE, 1, LARGEST_PAGE, USUAL_PAGE);
    Position after = query.text(PAGE_TOKEN).map(token -> place(token, caller, filter)).orElse(null);
    TaskPage page = pages.page(caller.tenant(), filter, after, size);
    return JsonAnswer.ok(page);
  }

  @GetMapping("/v1/tasks/export")
  @RequiresScope(Scope.TASKS_READ)
  void export(
      @RequestParam MultiValueMap<String, String> given,
      Caller caller,
      HttpServletResponse response)
      throws IOException {
    QueryParameters query = new QueryParameters(given, OF_EXPORT);
    Selection selection = new Selection(caller.tenant(), TaskFilter.of(query), null);
    exports.write(selection, ExportFormat.of(query), response);
  }

  private static Position place(String token, Caller caller, TaskFilter filter) {
    return PageToken.read(token, caller.tenant(), filter)
        .orElseThrow(
            () ->
                QueryParameters.refused(
                    PAGE_TOKEN, "must be the next_page_token of a listing with these filters"));
  }

  private static Set<String> with(Set<String> names, String... more) {
    Set<String> all = new HashSet<>(names);
    all.addAll(Set.of(more));
    return Set.copyOf(all);
  }
}
