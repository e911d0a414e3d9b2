package io.taskfleet.gateway.timeline;

import io.taskfleet.gateway.status.TaskLinks;
import io.taskfleet.task.TaskState;
import java.util.List;
import java.util.UUID;

/**
 * What has happened to a task.
 *
 * @param truncated whether there were more attempts than are told
 */
record Timeline(
    UUID id, TaskState state, List<Event> entries, boolean truncated, TaskLinks links) {}
