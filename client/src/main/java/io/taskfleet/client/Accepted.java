package io.taskfleet.client;

import java.util.UUID;

/** A task that has been accepted: it is durable, and will end in exactly one way. */
public record Accepted(UUID id, String type, TaskState state) {}
