package io.taskfleet.handler;

/**
 * The part of a task that its handler reads. A record whose components carry Jakarta Validation
 * constraints: gateway and worker hold every task to them before a handler sees it. In JSON its
 * fields are {@code snake_case}, and unknown ones are refused.
 */
public interface Payload {}
