package io.taskfleet.client;

import java.util.List;
import java.util.UUID;

/** What became of several events: each was taken or refused by itself. */
public record EventsReceipt(List<Taken> accepted, List<Refused> refused) {
  /**
   * One that is a task now.
   *
   * @param index its place, from 0
   */
  public record Taken(int index, UUID id) {}

  /**
   * One that is not.
   *
   * @param index its place, from 0
   */
  public record Refused(int index, List<Violation> errors) {}
}
