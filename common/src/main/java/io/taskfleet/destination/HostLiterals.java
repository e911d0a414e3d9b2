package io.taskfleet.destination;

import java.util.regex.Pattern;

/**
 * Tells the hosts apart that are numbers in disguise. Resolvers disagree on what {@code
 * 2130706433}, {@code 0177.0.0.1} or {@code 127.1} mean; a host that nobody would write but to
 * exploit that is refused. What counts as a number is WHATWG's "ends in a number".
 */
final class HostLiterals {
  private static final Pattern CANONICAL_V4 =
      Pattern.compile("(?:(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])(?:\\.(?!$)|$)){4}");
  private static final Pattern ENDS_IN_A_NUMBER =
      Pattern.compile("(?:.*\\.)?(?:\\d+|0[xX]\\p{XDigit}*)\\.*");

  private HostLiterals() {}

  /** Whether the host, which is not disguised, is an address and no name. */
  static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || CANONICAL_V4.matcher(host).matches();
  }

  /** Whether the host is a literal in another spelling than the canonical one. */
  static boolean isDisguised(String host) {
    if (host.indexOf(':') >= 0) {
      // A zone would choose the interface that the address is reached by.
      return host.indexOf('%') >= 0;
    }
    return ENDS_IN_A_NUMBER.matcher(host).matches() && !CANONICAL_V4.matcher(host).matches();
  }
}
