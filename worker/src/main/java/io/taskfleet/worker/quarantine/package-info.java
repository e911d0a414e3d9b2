/**
 * Keeps a record that takes its workers down from taking down the fleet.
 *
 * <p>{@link io.taskfleet.worker.quarantine.Suspects} belongs to one poll loop's thread, which asks
 * it before it starts a record that may have been started before; {@link
 * io.taskfleet.worker.quarantine.CrashLedger} is thread-safe.
 *
 * <p>Invariants: the start of a suspect is durable before it runs, and forgotten when it has ended,
 * however it did; of those that were under way in two crashes one runs at a time; one that was
 * under way in three does not run.
 */
@NullMarked
package io.taskfleet.worker.quarantine;

import org.jspecify.annotations.NullMarked;
