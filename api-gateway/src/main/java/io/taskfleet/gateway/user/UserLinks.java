package io.taskfleet.gateway.user;

import java.util.UUID;

/**
 * Where a user and what belongs to it can be read.
 *
 * @param self path of the user
 */
record UserLinks(String self, String profile, String preferences, String notifications) {
  static final String USERS = "/v1/users";

  static UserLinks of(UUID id) {
    String self = USERS + '/' + id;
    return new UserLinks(self, self + "/profile", self + "/preferences", self + "/notifications");
  }
}
