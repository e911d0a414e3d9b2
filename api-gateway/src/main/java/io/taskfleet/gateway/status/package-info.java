/**
 * How a task stands: from Redis, else from Postgres, else from Kafka where it waits; at once or
 * when it has ended.
 *
 * <p>Threads: requests ask on their own threads, Postgres few at a time. One platform thread, the
 * watcher, asks for everybody who waits. The Redis connection is shared and never blocks.
 *
 * <p>Invariants: Redis is a convenience: away, silent or forgetful, it costs a request no more than
 * its timeout and never the answer; a task of another tenant is not there; what the watcher reads
 * in a second is bounded, however many wait.
 */
@NullMarked
package io.taskfleet.gateway.status;

import org.jspecify.annotations.NullMarked;
