package io.taskfleet.gateway.contract;

import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.idempotency.RepeatableRequest;
import io.taskfleet.gateway.live.Follower;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.web.KnownParameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/**
 * A method of a path, as the code knows it.
 *
 * @param parameters where they are, by name
 * @param consumes media types of the body, if there is one
 * @param scope null if it is open to everybody
 */
record Route(
    String method,
    String path,
    Map<String, String> parameters,
    Set<String> consumes,
    Set<String> produces,
    @Nullable String scope) {

  /** What handlers take that comes from the header. */
  private static final Map<Class<?>, String> HEADERS =
      Map.of(
          IdempotencyKey.class,
          IdempotencyKey.HEADER,
          RepeatableRequest.class,
          IdempotencyKey.HEADER,
          Follower.class,
          Follower.LAST_EVENT_ID);

  /** Those under /v1 and /health; what else there is are pages for people. */
  static List<Route> of(Map<RequestMappingInfo, HandlerMethod> mappings) {
    Map<String, Route> routes = new TreeMap<>();
    mappings.forEach(
        (info, handler) ->
            each(info, handler)
                .filter(route -> route.path.startsWith("/v1/") || route.path.equals("/health"))
                .forEach(route -> routes.merge(route.name(), route, Route::with)));
    return List.copyOf(routes.values());
  }

  String name() {
    return method + ' ' + path;
  }

  boolean hasBody() {
    return !consumes.isEmpty();
  }

  private static Stream<Route> each(RequestMappingInfo info, HandlerMethod handler) {
    return info.getPatternValues().stream()
        .flatMap(
            path ->
                info.getMethodsCondition().getMethods().stream()
                    .map(method -> of(method.name(), path, info, handler)));
  }

  private static Route of(
      String method, String path, RequestMappingInfo info, HandlerMethod handler) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (MethodParameter parameter : handler.getMethodParameters()) {
      String name = parameter.getParameter().getName();
      PathVariable variable = parameter.getParameterAnnotation(PathVariable.class);
      KnownParameters query = parameter.getParameterAnnotation(KnownParameters.class);
      RequestHeader header = parameter.getParameterAnnotation(RequestHeader.class);
      if (variable != null) {
        parameters.put(variable.name().isEmpty() ? name : variable.name(), "path");
      } else if (query != null) {
        for (String each : query.value()) {
          parameters.put(each, "query");
        }
      } else if (header != null) {
        parameters.put(header.name().isEmpty() ? name : header.name(), "header");
      } else if (HEADERS.containsKey(parameter.getParameterType())) {
        parameters.put(HEADERS.get(parameter.getParameterType()), "header");
      }
    }
    RequiresScope scope = handler.getMethodAnnotation(RequiresScope.class);
    return new Route(
        method,
        path,
        parameters,
        texts(info.getConsumesCondition().getConsumableMediaTypes()),
        texts(info.getProducesCondition().getProducibleMediaTypes()),
        scope == null ? null : scope.value().label());
  }

  private static Set<String> texts(Set<?> types) {
    Set<String> texts = new TreeSet<>();
    types.forEach(type -> texts.add(type.toString()));
    return texts;
  }

  /** One operation may have several handlers, by media type. */
  private Route with(Route other) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    all.putAll(other.parameters);
    Set<String> read = new TreeSet<>(consumes);
    read.addAll(other.consumes);
    Set<String> written = new TreeSet<>(produces);
    written.addAll(other.produces);
    return new Route(method, path, all, read, written, scope);
  }
}
