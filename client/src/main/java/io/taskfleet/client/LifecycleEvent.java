package io.taskfleet.client;

import tools.jackson.databind.JsonNode;

/**
 * Something that has happened to one of your tasks.
 *
 * @param id its position: {@link TaskfleetClient#events} goes on after it
 * @param kind what has happened
 * @param data to which task, and how
 */
public record LifecycleEvent(String id, String kind, JsonNode data) {}
