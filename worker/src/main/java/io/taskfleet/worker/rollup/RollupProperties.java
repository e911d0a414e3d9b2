package io.taskfleet.worker.rollup;

import io.taskfleet.rollup.Rollup;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How analytics events are added up, and how long they and their sums are kept. The same in all
 * workers.
 *
 * @param foldInterval how often it is looked for events that are not in the rollups yet
 * @param foldEvents about how many of them are added up in one transaction
 * @param groupBy the properties that events are grouped by
 * @param groupByOf for events of these names other properties than those
 * @param valuesPerBucket how many values of a property are told apart in one bucket; what comes
 *     after them counts as other
 * @param lateBy events that happened longer ago are in no rollup
 * @param earlyBy nor are those that are to happen later than this
 * @param keep for how long
 */
@Validated
@ConfigurationProperties("taskfleet.worker.analytics")
public record RollupProperties(
    @DefaultValue("2s") Duration foldInterval,
    @DefaultValue("10000") @Min(1) @Max(100_000) int foldEvents,
    @DefaultValue List<String> groupBy,
    @DefaultValue Map<String, List<String>> groupByOf,
    @DefaultValue("50") @Min(1) @Max(1_000) int valuesPerBucket,
    @DefaultValue("30d") Duration lateBy,
    @DefaultValue("1h") Duration earlyBy,
    @DefaultValue Keep keep) {
  private static final int MOST_PROPERTIES = 16;
  private static final int LONGEST = 100;

  /** Checks what depends on each other. */
  public RollupProperties {
    groupBy = List.copyOf(groupBy);
    groupByOf = Map.copyOf(groupByOf);
    require(foldInterval.toMillis() >= 1, "fold-interval must be at least a millisecond");
    require(!lateBy.isNegative() && !earlyBy.isNegative(), "late-by, early-by: not below zero");
    check("group-by", groupBy);
    groupByOf.forEach((name, properties) -> check("group-by-of[" + name + "]", properties));
    require(
        lateBy.compareTo(keep.minutes()) < 0,
        "late-by must be less than taskfleet.worker.analytics.keep.minutes");
  }

  /**
   * How long after its time something is deleted.
   *
   * @param events the events themselves, from when they were stored
   * @param minutes buckets of a minute; at most as long as those of an hour
   * @param hours buckets of an hour; at most as long as those of a day
   * @param days buckets of a day
   */
  public record Keep(
      @DefaultValue("31d") Duration events,
      @DefaultValue("31d") Duration minutes,
      @DefaultValue("400d") Duration hours,
      @DefaultValue("1830d") Duration days) {

    /** Checks that what is coarser is kept for longer. */
    public Keep {
      require(!events.isNegative(), "keep.events: not below zero");
      require(
          minutes.compareTo(hours) <= 0 && hours.compareTo(days) <= 0,
          "keep.minutes must be at most keep.hours, and that at most keep.days");
    }

    Duration of(Rollup rollup) {
      return switch (rollup) {
        case MINUTE -> minutes;
        case HOUR -> hours;
        case DAY -> days;
      };
    }
  }

  /** The properties that events of this name are grouped by. */
  List<String> groupBy(String name) {
    return groupByOf.getOrDefault(name, groupBy);
  }

  /** All properties that any event is grouped by. */
  List<String> properties() {
    return Stream.concat(Stream.of(groupBy), groupByOf.values().stream())
        .flatMap(List::stream)
        .distinct()
        .sorted()
        .toList();
  }

  private static void check(String name, List<String> properties) {
    require(
        properties.stream().allMatch(each -> !each.isEmpty() && each.length() <= LONGEST),
        name + ": names have 1 to " + LONGEST + " characters");
    require(
        properties.size() <= MOST_PROPERTIES
            && properties.stream().distinct().count() == properties.size(),
        name + ": at most " + MOST_PROPERTIES + " properties, each once");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("taskfleet.worker.analytics." + message);
    }
  }
}
