package io.taskfleet.standalone.demo;

import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.wire.Topics;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Bare JSON from a plain producer is a task like any other, with a status to be read over HTTP. */
final class BareRecordTrial implements Trial {
  private final KafkaDoor kafka;
  private final Gateway gateway;
  private final MailSink mail;
  private final String address;
  private List<UUID> tasks = List.of();

  BareRecordTrial(String run, KafkaDoor kafka, Gateway gateway, MailSink mail) {
    this.kafka = kafka;
    this.gateway = gateway;
    this.mail = mail;
    this.address = "bare-" + run + "@example.org";
  }

  @Override
  public String name() {
    return "bare JSON from a plain Kafka producer, sent as email";
  }

  @Override
  public void send() throws Exception {
    String topic = Topics.of(BuiltInTypes.EMAIL.name(), Priority.NORMAL);
    byte[] json =
        StrictJson.mapper().writeValueAsBytes(EmailTrial.email(address, "From a producer"));
    RecordMetadata place = kafka.publish(topic, json);
    tasks = List.of(TaskIds.fromRecord(kafka.topicId(topic), place.partition(), place.offset()));
  }

  @Override
  public List<UUID> tasks() {
    return tasks;
  }

  @Override
  public Finding check() throws Exception {
    Gateway.Answer answer = gateway.get("/v1/tasks/" + tasks.getFirst());
    String state = answer.body().path("state").asString("");
    int mails = mail.sentTo(address).size();
    return Finding.of(
        answer.status() == 200 && state.equals("succeeded") && mails == 1,
        "%d mail, GET /v1/tasks/{id} says %d %s".formatted(mails, answer.status(), state));
  }
}
