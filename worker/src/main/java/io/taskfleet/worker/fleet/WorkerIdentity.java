package io.taskfleet.worker.fleet;

import java.time.Instant;

/**
 * Who a worker is.
 *
 * @param id differs from that of every other worker that is running
 */
public record WorkerIdentity(String id, String host, String version, Instant startedAt) {}
