package io.taskfleet.bench.task;

import io.taskfleet.handler.Payload;

/**
 * Says nothing.
 *
 * @param n makes it differ from the others
 */
public record NumberedPayload(long n) implements Payload {}
