/**
 * What a worker shows of itself: meters, one span for each attempt, and the records that its parts
 * leave for whoever looks.
 *
 * <p>No threads. Meters of attempts and traces are called by attempts on their own threads, those
 * of the ledger by its writer; a poll loop counts for itself and leaves a {@link
 * io.taskfleet.worker.telemetry.LoopState} at each tick, read by whoever collects.
 *
 * <p>Invariants: labels are bounded (types, priorities, states, known error classes); nothing here
 * fails or delays what it tells of; and nothing here knows the parts it is told by, so that they
 * may depend on it.
 */
@NullMarked
package io.taskfleet.worker.telemetry;

import org.jspecify.annotations.NullMarked;
