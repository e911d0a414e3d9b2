package io.taskfleet.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route there is, also those that are written after this test. */
class DeniedByDefaultIT {
  private static final Pattern VARIABLE = Pattern.compile("\\{[^/]*}");

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("denied_by_default", Map.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  record Route(RequestMethod method, String path, RequestMappingInfo info, HandlerMethod handler) {
    boolean isOpen() {
      return OpenPaths.include(anyPath());
    }

    /** A path of this route. */
    String anyPath() {
      return VARIABLE.matcher(path).replaceAll(UUID.randomUUID().toString()).replace("/**", "/x");
    }

    @Nullable Scope scope() {
      RequiresScope required = handler.getMethodAnnotation(RequiresScope.class);
      return required == null ? null : required.value();
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  static Stream<Route> routes() {
    return gateway.bean(RequestMappingHandlerMapping.class).getHandlerMethods().entrySet().stream()
        .flatMap(mapped -> routes(mapped.getKey(), mapped.getValue()));
  }

  private static Stream<Route> routes(RequestMappingInfo info, HandlerMethod handler) {
    Set<RequestMethod> named = info.getMethodsCondition().getMethods();
    Set<RequestMethod> methods = named.isEmpty() ? EnumSet.of(RequestMethod.GET) : named;
    return info.getPatternValues().stream()
        .flatMap(path -> methods.stream().map(method -> new Route(method, path, info, handler)));
  }

  static Stream<Route> closedRoutes() {
    return routes().filter(route -> !route.isOpen());
  }

  @ParameterizedTest
  @MethodSource("routes")
  void demandsAScopeOrIsOnTheListOfOpenPaths(Route route) {
    assertThat(route.isOpen() || route.scope() != null).as(route.handler().toString()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("closedRoutes")
  void demandsAKey(Route route) {
    HttpResponse<String> answer = send(route, new GatewayClient(gateway.url(), ""));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
  }

  @ParameterizedTest
  @MethodSource("closedRoutes")
  void demandsItsScope(Route route) {
    Scope required = route.scope();
    Set<Scope> others = required == null ? Set.of() : EnumSet.complementOf(EnumSet.of(required));

    HttpResponse<String> answer =
        send(route, TestKeys.client(gateway, "default", others.toArray(Scope[]::new)));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
    assertThat(GatewayClient.json(answer).get("type").asString())
        .isEqualTo("/problems/missing-scope");
  }

  private static HttpResponse<String> send(Route route, GatewayClient client) {
    HttpRequest.Builder request =
        client
            .request(route.anyPath())
            .method(
                route.method().name(),
                route.method() == RequestMethod.GET
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString("{}"));
    header(request, "Content-Type", route.info().getConsumesCondition().getConsumableMediaTypes());
    header(request, "Accept", route.info().getProducesCondition().getProducibleMediaTypes());
    return client.send(request.build());
  }

  private static void header(HttpRequest.Builder request, String name, Set<MediaType> types) {
    types.stream().findFirst().ifPresent(type -> request.header(name, type.toString()));
  }
}
