package io.taskfleet.standalone.demo;

import io.taskfleet.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Every task has ended, and says so in Postgres, over HTTP and in Redis. Redis may have missed some
 * of it, being a convenience, but must not say anything else.
 */
final class ReadBack {
  // What is told after the commit, and waited for by nobody, may lag behind it.
  private static final Duration REDIS_LAG = Duration.ofSeconds(5);

  // As long as the gateway believes Redis that a task has not ended, and some more.
  private static final Duration HTTP_LAG = Duration.ofSeconds(45);

  private final TaskTable table;
  private final StatusCache cache;
  private final Gateway gateway;

  ReadBack(TaskTable table, StatusCache cache, Gateway gateway) {
    this.table = table;
    this.cache = cache;
    this.gateway = gateway;
  }

  List<Report.Line> compare(List<UUID> ids) throws Exception {
    Map<UUID, TaskTable.Row> rows = table.ended(ids);
    List<Report.Line> lines = new ArrayList<>();
    lines.add(line("every task ended, in Postgres", ids.size(), rows.size()));
    lines.add(new Report.Line("the same in Redis", inRedis(ids, rows)));
    List<UUID> open = new ArrayList<>(ids);
    Patience.until(HTTP_LAG, () -> otherOverHttp(open, rows).isEmpty());
    lines.add(line("the same over HTTP", ids.size(), ids.size() - open.size()));
    return lines;
  }

  private Finding inRedis(List<UUID> ids, Map<UUID, TaskTable.Row> rows) throws Exception {
    Patience.until(REDIS_LAG, () -> count(ids, rows, cache.states(ids), true) == ids.size());
    Map<UUID, String> states = cache.states(ids);
    long same = count(ids, rows, states, true);
    long contrary = count(ids, rows, states, false);
    String detail = "%,d of %,d".formatted(same, ids.size());
    return Finding.of(
        contrary == 0 && same > 0,
        same + contrary == ids.size()
            ? detail
            : detail + "; Redis missed the others, which are read from Postgres");
  }

  /** How many tasks have ended in Redis too, and there in the same way, or in another. */
  private static long count(
      List<UUID> ids, Map<UUID, TaskTable.Row> rows, Map<UUID, String> states, boolean same) {
    return ids.stream()
        .filter(id -> states.containsKey(id) && TaskState.of(states.get(id)).isTerminal())
        .filter(id -> isSame(rows.get(id), states.get(id)) == same)
        .count();
  }

  // Asks again only for those that have not said the same before.
  private List<UUID> otherOverHttp(List<UUID> open, Map<UUID, TaskTable.Row> rows)
      throws Exception {
    List<Gateway.Answer> answers = gateway.tasks(open);
    List<UUID> other = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      Gateway.Answer answer = answers.get(i);
      String state = answer.body().path("state").asString("");
      if (answer.status() != 200 || !isSame(rows.get(open.get(i)), state)) {
        other.add(open.get(i));
      }
    }
    open.retainAll(other);
    return other;
  }

  private static boolean isSame(TaskTable.@Nullable Row row, @Nullable String state) {
    return row != null && row.state().equals(state);
  }

  private static Report.Line line(String name, int expected, long found) {
    return new Report.Line(
        name, Finding.of(found == expected, "%,d of %,d".formatted(found, expected)));
  }
}
