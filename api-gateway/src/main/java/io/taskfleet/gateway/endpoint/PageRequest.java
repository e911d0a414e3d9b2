package io.taskfleet.gateway.endpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the list, newest first, a caller wants.
 *
 * @param before the last id of the page before
 */
record PageRequest(UUID before, int size) {
  private static final int USUAL_SIZE = 50;
  private static final int LARGEST = 200;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final UUID END = new UUID(-1, -1);

  static PageRequest of(@Nullable String size, @Nullable String token) {
    return new PageRequest(
        token == null ? END : id(token), size == null ? USUAL_SIZE : parse(size));
  }

  /** What asks for the page after the one that ends with this id. */
  static String tokenAfter(UUID id) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(id.toString().getBytes(US_ASCII));
  }

  private static UUID id(String token) {
    try {
      return TaskIds.parse(new String(Base64.getUrlDecoder().decode(token), US_ASCII))
          .orElseThrow(PageRequest::notOurs);
    } catch (IllegalArgumentException garbage) {
      throw notOurs();
    }
  }

  private static ProblemException notOurs() {
    return ProblemException.of(ProblemType.MALFORMED, "page_token is none that was given out");
  }

  private static int parse(String size) {
    int number = NUMBER.matcher(size).matches() ? Integer.parseInt(size) : 0;
    if (number < 1 || number > LARGEST) {
      throw ProblemException.of(ProblemType.MALFORMED, "page_size is 1 to " + LARGEST);
    }
    return number;
  }
}
