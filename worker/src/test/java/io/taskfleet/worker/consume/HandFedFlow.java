package io.taskfleet.worker.consume;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A flow and its assignment, as a poll loop has them; polls and returns are made by hand. */
final class HandFedFlow {
  final Flow flow;
  final Assignment assignment;
  private final Inbox inbox;

  HandFedFlow(Flow flow, Inbox inbox, int suspects) {
    this.flow = flow;
    this.inbox = inbox;
    this.assignment = new Assignment(suspects);
  }

  void assign(TopicPartition partition) {
    assignment.add(List.of(partition), Map.of());
  }

  /** Starts nothing more of it, as while it is being revoked. */
  void leave(TopicPartition partition) {
    assignment.dropWaiting(List.of(partition));
    flow.forgetDropped();
  }

  /** Gives it up without a commit. */
  void lose(TopicPartition partition) {
    assignment.drop(List.of(partition), flow.inFlights()::forget);
    flow.forgetDropped();
  }

  InFlight poll(ConsumerRecord<byte[], byte @Nullable []> record) {
    return poll(List.of(record)).getFirst();
  }

  List<InFlight> poll(List<ConsumerRecord<byte[], byte @Nullable []>> records) {
    List<InFlight> taken = new ArrayList<>();
    records.forEach(
        record -> taken.add(flow.inFlights().take(record, assignment.windowOf(record))));
    flow.admit(taken);
    turn();
    return taken;
  }

  /** Takes in what has been answered, and does what has become possible. */
  void turn() {
    inbox.drain(flow::takeBack);
    flow.advance();
  }

  /** Its attempt is over. */
  void end(InFlight task, Inbox.Next next) {
    flow.takeBack(new Inbox.Returned.AttemptEnded(task, next));
    flow.advance();
  }

  /** Its caller does not want it any more. */
  void cancel(InFlight task) {
    flow.takeBack(new Inbox.Returned.Cancelled(List.of(task.requireTask().id())));
  }

  /** What became of it is durable. */
  void record(InFlight task) {
    flow.takeBack(new Inbox.Returned.Finished(task));
    flow.advance();
  }

  /** What would be committed of the partition that this record is on; null if nothing new. */
  @Nullable Long due(ConsumerRecord<?, ?> record) {
    OffsetAndMetadata due = assignment.windowOf(record).uncommitted();
    return due == null ? null : due.offset();
  }

  int inFlight() {
    return flow.activity().inFlightInAll();
  }

  int running() {
    return flow.activity().running();
  }
}
