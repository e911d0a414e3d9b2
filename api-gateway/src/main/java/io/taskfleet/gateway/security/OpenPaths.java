package io.taskfleet.gateway.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/** What is open to everybody, unlimited: the list of exceptions from "denied is the default". */
final class OpenPaths {
  static final Set<String> ALL = Set.of("/health");

  private OpenPaths() {}

  // The raw path, so that nothing an encoded or dotted path is normalised to opens a door.
  static boolean include(HttpServletRequest request) {
    return ALL.contains(request.getRequestURI());
  }
}
