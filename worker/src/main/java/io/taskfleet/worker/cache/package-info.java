/**
 * The states of tasks in Redis, for whoever asks how a task is doing.
 *
 * <p>Anybody may put, without waiting; the client's own threads send, and a virtual thread connects
 * until Redis is there.
 *
 * <p>Invariants: nothing waits for Redis and nothing depends on it; what is under way to it is
 * bounded, and what it does not take is left out, because Postgres has it.
 */
@NullMarked
package io.taskfleet.worker.cache;

import org.jspecify.annotations.NullMarked;
