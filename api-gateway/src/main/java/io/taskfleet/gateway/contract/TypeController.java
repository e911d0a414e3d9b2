package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.type.OwnType;
import io.taskfleet.gateway.type.TypeCatalog;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.RawJson;
import io.taskfleet.wire.StrictJson;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells which types of task there are. */
@RestController
final class TypeController {
  private final Documents documents;
  private final TypeCatalog types;

  TypeController(Documents documents, TypeCatalog types) {
    this.documents = documents;
    this.types = types;
  }

  /** All types. */
  record TypeList(List<TypeView> items) {}

  /**
   * One of them.
   *
   * @param settings as the worker has them that told of the type; absent for a built-in one
   */
  record TypeView(
      String name, boolean builtIn, RawJson payloadSchema, @Nullable RawJson settings) {}

  @GetMapping(path = "/v1/task-types", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  byte[] list() {
    Stream<TypeView> builtIn = BuiltInTypes.all().stream().map(this::builtIn);
    Stream<TypeView> own = types.own().stream().map(TypeController::own);
    List<TypeView> all =
        Stream.concat(builtIn, own).sorted(Comparator.comparing(TypeView::name)).toList();
    return StrictJson.mapper().writeValueAsBytes(new TypeList(all));
  }

  private TypeView builtIn(TaskType<?> type) {
    byte[] schema = documents.plain("schemas/" + type.name() + ".json");
    return new TypeView(type.name(), true, new RawJson(schema), null);
  }

  private static TypeView own(OwnType type) {
    OwnType.Told told = type.told();
    return new TypeView(
        told.name(),
        false,
        new RawJson(told.payloadSchema().getBytes(UTF_8)),
        new RawJson(told.settings().getBytes(UTF_8)));
  }
}
