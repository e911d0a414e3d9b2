package io.taskfleet.standalone.demo;

import io.taskfleet.wire.TaskHeaders;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** An email that the mail server refuses for good ends dead, and on the dead-letter topic. */
final class RefusedEmailTrial implements Trial {
  private final Load load;
  private final TaskTable table;
  private final DeadLetters letters;
  private final String address;

  RefusedEmailTrial(String run, Gateway gateway, TaskTable table, DeadLetters letters) {
    this.load = new Load(gateway, "/v1/emails");
    this.table = table;
    this.letters = letters;
    this.address = "refused-" + run + "@example.org";
  }

  @Override
  public String name() {
    return "an email the mail server refuses, dead-lettered";
  }

  @Override
  public void send() throws Exception {
    load.send(1, i -> EmailTrial.email(address, "Never delivered"));
  }

  @Override
  public List<UUID> tasks() {
    return load.ids();
  }

  @Override
  public Finding check() throws Exception {
    UUID id = load.ids().getFirst();
    TaskTable.Row row = table.ended(List.of(id)).get(id);
    if (row == null) {
      return new Finding.Broken("task " + id + " has not ended");
    }
    if (row.state().equals("succeeded")) {
      return new Finding.Skipped("this mail server takes mail for everybody, " + address + " too");
    }
    Optional<ConsumerRecord<byte[], byte[]>> letter =
        letters.await(
            r -> id.toString().equals(DeadLetters.text(r, TaskHeaders.DLT_TASK_ID)),
            DeadLetters.LIMIT);
    String reason = letter.map(r -> DeadLetters.text(r, TaskHeaders.DLT_REASON)).orElse(null);
    return Finding.of(
        row.state().equals("dead") && "REJECTED".equals(reason),
        "task is %s (%s), dead letter says %s".formatted(row.state(), row.errorCode(), reason));
  }
}
