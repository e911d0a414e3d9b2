package io.taskfleet.gateway.template;

import static io.taskfleet.gateway.template.TemplateView.TEMPLATES;
import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.PageTokens;
import io.taskfleet.gateway.paging.PlaceForm;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.template.MailTemplate;
import io.taskfleet.template.TemplateException;
import io.taskfleet.wire.PayloadReader;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes, reads, replaces and removes templates of mails. */
@RestController
@RequestMapping(path = TEMPLATES, produces = APPLICATION_JSON_VALUE)
final class TemplateController {
  private static final Pattern NAME = Pattern.compile(EmailPayload.TEMPLATE);
  private static final PlaceForm<String> PLACE = PlaceForm.name(TemplateController::isName);

  private final PayloadReader bodies;
  private final TemplateRows rows;

  TemplateController(PayloadReader bodies, TemplateRows rows) {
    this.bodies = bodies;
    this.rows = rows;
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  @PostMapping(consumes = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> create(JsonBody body, Caller caller) {
    NewTemplate wanted = read(body, NewTemplate.class);
    TemplateView made = rows.insert(caller.tenant(), wanted.name(), requireTemplate(wanted.body()));
    return JsonAnswer.created(made.links().self(), made);
  }

  @GetMapping
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> list(
      @KnownParameters({PageRequest.SIZE, PageRequest.TOKEN}) QueryParameters query,
      Caller caller) {
    PageRequest<String> page =
        PageRequest.of(query, new PageTokens<>(PLACE, "templates", caller.tenant()));
    Slice<TemplateView.Summary> found = rows.page(caller.tenant(), page);
    return JsonAnswer.ok(new TemplateView.Page(found.items(), found.nextPageToken()));
  }

  @GetMapping("/{name}")
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> read(
      @PathVariable String name, @KnownParameters("version") QueryParameters query, Caller caller) {
    Integer version = query.number("version", 1, Integer.MAX_VALUE).orElse(null);
    Optional<TemplateView> found = rows.find(caller.tenant(), requireName(name), version);
    return JsonAnswer.ok(
        found
            .or(() -> version == null ? builtIn(name) : Optional.empty())
            .orElseThrow(TemplateController::notFound));
  }

  private static Optional<TemplateView> builtIn(String name) {
    return MailTemplate.builtIn(name)
        .map(template -> TemplateView.builtIn(name, template.source()));
  }

  @PutMapping(path = "/{name}", consumes = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> replace(@PathVariable String name, JsonBody body, Caller caller) {
    MailTemplate.Source source = requireTemplate(read(body, TemplateBody.class));
    return JsonAnswer.ok(
        rows.replace(caller.tenant(), requireName(name), source)
            .orElseThrow(TemplateController::notFound));
  }

  @DeleteMapping("/{name}")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> delete(@PathVariable String name, Caller caller) {
    if (!rows.delete(caller.tenant(), requireName(name))) {
      throw notFound();
    }
    return ResponseEntity.noContent().build();
  }

  private <T> T read(JsonBody body, Class<T> type) {
    return JsonBody.readValid(body.utf8(), type, bodies);
  }

  private static MailTemplate.Source requireTemplate(TemplateBody body) {
    try {
      return MailTemplate.of(body.source()).source();
    } catch (TemplateException malformed) {
      throw ProblemException.refused("/" + malformed.part(), malformed.detail());
    }
  }

  private static String requireName(String name) {
    if (!isName(name)) {
      throw notFound();
    }
    return name;
  }

  private static ProblemException notFound() {
    return ProblemException.of(ProblemType.NOT_FOUND, "there is no such template");
  }
}
