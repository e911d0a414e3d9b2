package io.taskfleet.client;

/** What a task is to do, in the shape that its type prescribes. */
public sealed interface Payload permits Email, Notification, AnalyticsEvent, HttpCall {
  /** The type of the task, such as {@code email}. */
  String type();
}
