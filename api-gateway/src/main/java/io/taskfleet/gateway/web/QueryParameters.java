package io.taskfleet.gateway.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The query of a request. What is wrong with it is said with a pointer to the parameter, as if the
 * query were a JSON object.
 */
public final class QueryParameters {
  private static final int LONGEST = 255;
  private static final int LAST_YEAR = 9999;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private final Map<String, List<String>> given;

  /**
   * These parameters.
   *
   * @throws ProblemException if one of them is not known here, empty, or given twice
   */
  public QueryParameters(Map<String, List<String>> given, Set<String> known) {
    this.given = given;
    given.forEach(
        (name, values) -> {
          if (!known.contains(name)) {
            throw refused(name, "there is no such parameter");
          }
          if (values.size() > 1) {
            throw refused(name, "must be given once");
          }
          String value = values.getFirst();
          if (value == null || value.isEmpty() || value.length() > LONGEST) {
            throw refused(name, "must have 1 to " + LONGEST + " characters");
          }
          if (value.codePoints().anyMatch(QueryParameters::isForbidden)) {
            throw refused(name, "must not hold control characters or half a surrogate pair");
          }
        });
  }

  /** That this parameter breaks a rule. */
  public static ProblemException refused(String name, String detail) {
    return ProblemException.refused('/' + name.replace("~", "~0").replace("/", "~1"), detail);
  }

  /** The parameter as it was given, if it was. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(given.get(name)).map(List::getFirst);
  }

  /**
   * A moment, if the parameter was given.
   *
   * @throws ProblemException if it is none
   */
  public Optional<Instant> time(String name) {
    return text(name).map(text -> instant(name, text));
  }

  /**
   * A whole number.
   *
   * @throws ProblemException if it is none, or not within these
   */
  public int number(String name, int least, int most, int otherwise) {
    return text(name).map(text -> number(name, text, least, most)).orElse(otherwise);
  }

  private static int number(String name, String text, int least, int most) {
    int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
    if (number < least || number > most) {
      throw refused(name, "must be " + least + " to " + most);
    }
    return number;
  }

  private static Instant instant(String name, String text) {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text);
      if (time.getYear() >= 0 && time.getYear() < LAST_YEAR) {
        return time.toInstant();
      }
    } catch (DateTimeException malformed) {
      // Said below.
    }
    throw refused(name, "must be an RFC 3339 time; a plus sign is written %2B in a query");
  }

  private static boolean isForbidden(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
  }
}
