package io.taskfleet.cli;

import io.taskfleet.client.Task;
import io.taskfleet.client.TaskError;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A task for people to read. */
record TaskText(Paint paint) {
  private static final int LABEL = 12;

  void print(Task task, Consumer<String> out) {
    line(out, "id", task.id());
    line(out, "type", task.type());
    line(out, "state", paint.state(task.state()));
    line(out, "priority", task.priority() == null ? null : Paint.word(task.priority()));
    line(out, "key", task.key());
    line(out, "attempt", attempts(task));
    line(out, "tags", task.tags() == null ? null : String.join(", ", task.tags()));
    line(out, "batch", task.batchId());
    line(out, "created", task.createdAt());
    line(out, "run at", task.runAt());
    line(out, "due", task.dueAt());
    line(out, "started", task.startedAt());
    line(out, "finished", task.finishedAt());
    line(out, "error", task.error() == null ? null : error(task.error()));
    line(out, "payload", task.payload());
    line(out, "result", task.result());
  }

  /** One line of it. */
  String brief(Task task) {
    String error = task.error() == null ? "" : "  " + Table.plain(error(task.error()));
    return task.id() + "  " + paint.state(task.state()) + "  attempt " + attempts(task) + error;
  }

  void table(List<Task> tasks, Consumer<String> out) {
    Table table = new Table("ID", "TYPE", "STATE", "ATTEMPT", "CREATED", "KEY", "ERROR");
    for (Task task : tasks) {
      TaskError error = task.error();
      table.row(
          task.id().toString(),
          Table.plain(task.type()),
          paint.state(task.state()),
          attempts(task),
          Times.brief(task.createdAt()),
          Table.plain(Objects.requireNonNullElse(task.key(), "")),
          error == null ? "" : Table.plain(error.code()));
    }
    table.print(out);
  }

  private static String attempts(Task task) {
    return task.maxAttempts() == null
        ? Integer.toString(task.attempt())
        : task.attempt() + "/" + task.maxAttempts();
  }

  private static String error(TaskError error) {
    return error.detail() == null ? error.code() : error.code() + ": " + error.detail();
  }

  private static void line(Consumer<String> out, String label, @Nullable Object value) {
    if (value != null) {
      String text = value.toString();
      out.accept(
          label
              + " ".repeat(LABEL - label.length())
              + (text.startsWith("\u001b") ? text : Table.plain(text)));
    }
  }
}
