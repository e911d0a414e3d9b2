package io.taskfleet.worker.telemetry;

/** What is told of attempts at tasks of one type. */
public record Telemetry(AttemptMeters meters, Tracing tracing) {}
