package io.taskfleet.gateway.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is open to everybody, unlimited here: the list of exceptions from "denied is the default".
 * Who opens a WebSocket shows its token there, and is counted there.
 */
final class OpenPaths {
  private static final Set<String> ALL =
      Set.of(
          "/health",
          "/v1/openapi.json",
          "/v1/asyncapi.yaml",
          "/v1/ws",
          "/docs",
          "/docs/docs.css",
          "/docs/docs.js",
          "/docs/swagger-ui.css",
          "/docs/swagger-ui-bundle.js",
          "/docs/favicon-32x32.png");
  private static final Pattern SCHEMA = Pattern.compile("/v1/schemas/[a-z0-9-]+\\.json");

  private OpenPaths() {}

  // The raw path, so that nothing an encoded or dotted path is normalised to opens a door.
  static boolean include(HttpServletRequest request) {
    return include(request.getRequestURI());
  }

  static boolean include(String path) {
    return ALL.contains(path) || SCHEMA.matcher(path).matches();
  }
}
