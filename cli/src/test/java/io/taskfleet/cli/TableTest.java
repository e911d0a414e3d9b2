package io.taskfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.client.TaskState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void alignsByWhatCanBeSeen() {
    Table table = new Table("ID", "STATE", "KEY");
    table.row("1", new Paint(true).state(TaskState.DEAD), "a");
    table.row("22", "succeeded", "");
    List<String> lines = new ArrayList<>();

    table.print(lines::add);

    assertThat(lines)
        .containsExactly(
            "ID  STATE      KEY", "1   \u001b[31mdead\u001b[0m       a", "22  succeeded  -");
  }

  @Test
  void lettersOfOthersDoNotSteerTheTerminal() {
    assertThat(Table.plain("a\u001b[2Jb\r\nc\u0007")).isEqualTo("a?[2Jb??c?");
  }
}
