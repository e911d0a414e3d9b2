package io.taskfleet.gateway.user;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.UUID;

/** Names of the Redis keys of users. Every one of them may vanish at any time without harm. */
final class UserKeys {
  private static final String USER = "tf:user:";
  private static final String GENERATION = "tf:users:";

  private UserKeys() {}

  /** A user as it is answered, or the mark that it has changed lately. */
  static String user(String tenant, UUID id) {
    return usersOf(tenant) + id;
  }

  /** What all keys of the tenant's users begin with, and no other key does. */
  static String usersOf(String tenant) {
    return USER + encoded(tenant) + ':';
  }

  /**
   * What cached users of the tenant must name to be good; another value makes all of them void at
   * once.
   */
  static String generation(String tenant) {
    return GENERATION + encoded(tenant);
  }

  static boolean isUser(String key) {
    return key.startsWith(USER);
  }

  static boolean isGeneration(String key) {
    return key.startsWith(GENERATION);
  }

  /** What the keys of those users begin with whose generation has this key. */
  static String usersOfGeneration(String key) {
    return USER + key.substring(GENERATION.length()) + ':';
  }

  // Keys are ASCII, and two tenants must never share one.
  private static String encoded(String tenant) {
    return URLEncoder.encode(tenant, UTF_8);
  }
}
