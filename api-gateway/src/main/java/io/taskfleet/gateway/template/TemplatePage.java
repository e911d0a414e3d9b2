package io.taskfleet.gateway.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the list a caller wants.
 *
 * @param after the last name of the page before; empty for the first page
 */
record TemplatePage(String after, int size) {
  private static final int USUAL_SIZE = 50;
  private static final int LARGEST = 200;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  static TemplatePage of(@Nullable String size, @Nullable String token) {
    return new TemplatePage(
        token == null ? "" : name(token), size == null ? USUAL_SIZE : parse(size));
  }

  /** What asks for the page after the one that ends with this name. */
  static String tokenAfter(String name) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(UTF_8));
  }

  private static String name(String token) {
    try {
      String name = new String(Base64.getUrlDecoder().decode(token), UTF_8);
      if (!TemplateController.isName(name)) {
        throw notOurs();
      }
      return name;
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
