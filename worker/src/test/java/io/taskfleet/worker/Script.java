package io.taskfleet.worker;

import io.taskfleet.handler.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A task that does what a test says.
 *
 * @param does {@code succeed}, {@code fail}, {@code fail_once}, {@code follow} (submits another
 *     task), {@code hold} (until it is let go), {@code throw_error} or {@code halt} (takes the
 *     process down)
 * @param millis how long it waits before
 */
public record Script(String does, @Nullable Integer millis) implements Payload {}
