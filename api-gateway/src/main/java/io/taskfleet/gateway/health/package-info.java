/**
 * Whether the servers this gateway needs are there.
 *
 * <p>Threads: each server is asked by a task of its own in the background; a request for health
 * reads what was last heard and never waits.
 *
 * <p>Invariants: an answer that is overdue counts as none; the gateway is down when Kafka is, since
 * it can accept nothing, and degraded without Postgres or Redis.
 */
@NullMarked
package io.taskfleet.gateway.health;

import org.jspecify.annotations.NullMarked;
