package io.taskfleet.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/**
 * Fires when the clock of a zone shows what an expression says.
 *
 * <p>The fields mean what they mean to Spring. What Spring makes of a change of the clock is
 * another thing: it skips what falls into the gap and repeats what falls into the overlap. So it is
 * asked about local times only, and changes of the clock are dealt with here, as Vixie's cron does:
 * with {@code *} for the hour, it fires whenever the clock shows the time, twice if it shows it
 * twice; else exactly once, at the first of two times, or at the end of the gap that the time is
 * lost in.
 */
public final class Cron implements Timing {
  private static final int UNIX_FIELDS = 5;
  private static final int DAY_OF_MONTH = 2;
  private static final int DAY_OF_WEEK = 4;
  private static final int HOUR = 2;
  private static final int LONGEST = 255;

  /** Every month has a day this far before its last; Spring goes backwards in those that do not. */
  private static final int MOST_BEFORE_LAST = 27;

  private static final Pattern BEFORE_LAST = Pattern.compile("L-(\\d+)");
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private final String text;
  private final ZoneId zone;
  private final CronExpression expression;
  private final boolean everyHour;

  private Cron(String text, ZoneId zone, CronExpression expression) {
    this.text = text;
    this.zone = zone;
    this.expression = expression;
    this.everyHour = BLANKS.split(expression.toString(), -1)[HOUR].equals("*");
  }

  /**
   * The expression in this text: six fields, seconds first; or the five of Unix, if they mean the
   * same with a 0 before them; or a macro.
   *
   * @throws IllegalArgumentException with a sentence for the caller that repeats nothing of the
   *     text
   */
  public static Cron parse(String text, ZoneId zone) {
    String fields = text.strip();
    String[] each = BLANKS.split(fields, -1);
    if (each.length == UNIX_FIELDS) {
      if (isRestricted(each[DAY_OF_MONTH]) && isRestricted(each[DAY_OF_WEEK])) {
        throw new IllegalArgumentException(
            "names days of the month and of the week: with five fields either would do, with six"
                + " both must match; write six fields");
      }
      fields = "0 " + fields;
    }
    if (text.length() > LONGEST || isBeforeSomeMonth(fields)) {
      throw notCron();
    }
    try {
      return new Cron(text, zone, CronExpression.parse(fields));
    } catch (RuntimeException malformed) {
      throw notCron();
    }
  }

  private static boolean isRestricted(String field) {
    return !field.startsWith("*") && !field.equals("?");
  }

  private static boolean isBeforeSomeMonth(String fields) {
    Matcher days = BEFORE_LAST.matcher(fields);
    while (days.find()) {
      if (days.group(1).length() > 2 || Integer.parseInt(days.group(1)) > MOST_BEFORE_LAST) {
        return true;
      }
    }
    return false;
  }

  private static IllegalArgumentException notCron() {
    return new IllegalArgumentException(
        "must be six cron fields, seconds first, or five, or a macro such as @daily");
  }

  /** As it was given. */
  public String text() {
    return text;
  }

  /** Whose clock it goes by. */
  public ZoneId zone() {
    return zone;
  }

  @Override
  public Optional<Instant> next(Instant after) {
    ZoneRules rules = zone.getRules();
    return Optional.ofNullable(everyHour ? whenShown(rules, after) : onceEach(rules, after));
  }

  /** Between two changes of the clock, local time is as good as any. */
  private @Nullable Instant whenShown(ZoneRules rules, Instant after) {
    ZoneOffset offset = rules.getOffset(after);
    LocalDateTime local = next(LocalDateTime.ofInstant(after, offset));
    ZoneOffsetTransition change = rules.nextTransition(after);
    while (local != null && change != null && !isBefore(change, local)) {
      offset = change.getOffsetAfter();
      local = next(change.getDateTimeAfter().minusNanos(1));
      change = rules.nextTransition(change.getInstant());
    }
    return local == null ? null : local.toInstant(offset);
  }

  private static boolean isBefore(ZoneOffsetTransition change, LocalDateTime local) {
    return local.toInstant(change.getOffsetBefore()).isBefore(change.getInstant());
  }

  /** A local time that is shown twice has passed when it is shown again. */
  private @Nullable Instant onceEach(ZoneRules rules, Instant after) {
    LocalDateTime local = next(LocalDateTime.ofInstant(after, rules.getOffset(after)));
    while (local != null && !firstOf(rules, local).isAfter(after)) {
      local = next(local);
    }
    return local == null ? null : firstOf(rules, local);
  }

  private static Instant firstOf(ZoneRules rules, LocalDateTime local) {
    ZoneOffsetTransition change = rules.getTransition(local);
    if (change == null) {
      return local.toInstant(rules.getOffset(local));
    }
    return change.isGap() ? change.getInstant() : local.toInstant(change.getOffsetBefore());
  }

  private @Nullable LocalDateTime next(LocalDateTime after) {
    LocalDateTime next = expression.next(after);
    return next == null || !next.isAfter(after) ? null : next;
  }
}
