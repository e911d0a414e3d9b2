package io.taskfleet.gateway.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list a caller wants.
 *
 * @param after the place at which the page before ended, or the one in front of all
 */
public record PageRequest<P>(P after, int size) {
  private static final int USUAL_SIZE = 50;
  private static final int LARGEST = 200;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");

  /**
   * What a request asks for.
   *
   * @param front in front of all places
   * @param place reads one; empty if it is none
   * @throws ProblemException if the size or the token is not good
   */
  public static <P> PageRequest<P> of(
      @Nullable String size, @Nullable String token, P front, Function<String, Optional<P>> place) {
    return new PageRequest<>(
        token == null ? front : read(token, place), size == null ? USUAL_SIZE : parse(size));
  }

  /** What asks for the page after the one that ends here. */
  public static String tokenAfter(String place) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(UTF_8));
  }

  private static <P> P read(String token, Function<String, Optional<P>> place) {
    try {
      return place
          .apply(new String(Base64.getUrlDecoder().decode(token), UTF_8))
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
