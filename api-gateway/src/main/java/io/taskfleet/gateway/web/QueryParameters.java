package io.taskfleet.gateway.web;

import io.taskfleet.task.DurationText;
import io.taskfleet.task.ReasonCode;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The query of a request. What cannot be read as what it should be is malformed (400); what can be
 * read, but breaks a rule, is refused (422). Either is said with a pointer to the parameter, as if
 * the query were a JSON object.
 */
public final class QueryParameters {
  private static final int LONGEST = 255;
  private static final int LAST_YEAR = 9998;
  private static final Pattern NUMBER = Pattern.compile("-?\\d+");

  private final Map<String, String> given = new HashMap<>();

  /**
   * These parameters.
   *
   * @throws ProblemException if one of them is not known here, is given twice or holds control
   *     characters
   */
  public QueryParameters(Map<String, String[]> parameters, Set<String> known) {
    parameters.forEach(
        (name, values) -> {
          if (!known.contains(name)) {
            throw refused(name, "there is no such parameter");
          }
          if (values.length != 1) {
            throw malformed(name, ReasonCode.MALFORMED, "must be given once");
          }
          if (values[0].codePoints().anyMatch(QueryParameters::isForbidden)) {
            throw malformed(
                name,
                ReasonCode.FORBIDDEN_CHARACTER,
                "must not hold control characters or half a surrogate pair");
          }
          given.put(name, values[0]);
        });
  }

  /** That this parameter can be read, but breaks a rule. */
  public static ProblemException refused(String name, String detail) {
    return ProblemException.refused(pointer(name), detail);
  }

  private static ProblemException malformed(String name, ReasonCode code, String detail) {
    return ProblemException.malformed(pointer(name), code, detail);
  }

  private static String pointer(String name) {
    return '/' + name.replace("~", "~0").replace("/", "~1");
  }

  /** Whether the parameter was given. */
  public boolean has(String name) {
    return given.containsKey(name);
  }

  /**
   * A text that says nothing but itself, if the parameter was given.
   *
   * @throws ProblemException if it is empty or too long
   */
  public Optional<String> text(String name) {
    Optional<String> text = Optional.ofNullable(given.get(name));
    if (text.filter(each -> each.isEmpty() || each.length() > LONGEST).isPresent()) {
      throw refused(name, "must have 1 to " + LONGEST + " characters");
    }
    return text;
  }

  /**
   * The same of a parameter that must be given.
   *
   * @throws ProblemException if it is not, or as {@link #text}
   */
  public String requiredText(String name) {
    return text(name).orElseThrow(() -> refused(name, "must be given"));
  }

  /**
   * What the parameter means, if it was given.
   *
   * @param form reads it; empty if it is none
   * @param rule says what it must be
   * @throws ProblemException if it is none
   */
  public <T> Optional<T> read(String name, Function<String, Optional<T>> form, String rule) {
    return Optional.ofNullable(given.get(name))
        .map(
            text ->
                form.apply(text).orElseThrow(() -> malformed(name, ReasonCode.MALFORMED, rule)));
  }

  /**
   * One of these values, if the parameter was given.
   *
   * @throws ProblemException if it is none of them
   */
  public <T> Optional<T> oneOf(String name, List<T> values, Function<T, String> label) {
    return read(
        name,
        text -> values.stream().filter(each -> label.apply(each).equals(text)).findFirst(),
        values.stream().map(label).collect(Collectors.joining(", ", "must be one of ", "")));
  }

  /**
   * Whether the parameter is {@code true}; it is not if it is absent.
   *
   * @throws ProblemException if it is neither {@code true} nor {@code false}
   */
  public boolean flag(String name) {
    return oneOf(name, List.of(true, false), Object::toString).orElse(false);
  }

  /**
   * A moment, if the parameter was given.
   *
   * @throws ProblemException if it is none, or of a year that nobody means
   */
  public Optional<Instant> time(String name) {
    Optional<OffsetDateTime> time =
        read(
            name,
            QueryParameters::parseTime,
            "must be an RFC 3339 time; a plus sign is written %2B in a query");
    if (time.filter(each -> each.getYear() < 0 || each.getYear() > LAST_YEAR).isPresent()) {
      throw refused(name, "must be of the years 0 to " + LAST_YEAR);
    }
    return time.map(OffsetDateTime::toInstant);
  }

  private static Optional<OffsetDateTime> parseTime(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text));
    } catch (DateTimeException malformed) {
      return Optional.empty();
    }
  }

  /**
   * A duration, if the parameter was given.
   *
   * @throws ProblemException if it is none
   */
  public Optional<Duration> duration(String name) {
    return read(name, DurationText::parse, "must be a duration such as 30s or PT30S");
  }

  /**
   * A whole number, if the parameter was given.
   *
   * @throws ProblemException if it is none, or not within these
   */
  public Optional<Integer> number(String name, int least, int most) {
    Optional<BigInteger> number =
        read(
            name,
            text ->
                Optional.of(text)
                    .filter(each -> NUMBER.matcher(each).matches())
                    .map(BigInteger::new),
            "must be a whole number");
    if (number.filter(each -> !isWithin(each, least, most)).isPresent()) {
      throw refused(name, "must be " + least + " to " + most);
    }
    return number.map(BigInteger::intValue);
  }

  private static boolean isWithin(BigInteger number, int least, int most) {
    return number.compareTo(BigInteger.valueOf(least)) >= 0
        && number.compareTo(BigInteger.valueOf(most)) <= 0;
  }

  private static boolean isForbidden(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
  }
}
