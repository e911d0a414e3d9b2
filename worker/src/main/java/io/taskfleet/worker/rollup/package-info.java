/**
 * Adds analytics events up. The ledger stores events, a batch with each of its transactions; one
 * worker at a time, whichever is first, takes batches that are not in the rollups yet and adds them
 * to the buckets of their minutes, hours and days.
 *
 * <p>One thread in every worker, which also deletes what has been kept for long enough.
 *
 * <p>Invariants: a batch leaves {@code analytics_pending} in the transaction that adds its events
 * to the buckets, so that each counts once, whatever crashes. Only who holds the rows of the steps
 * in {@code analytics_kept} writes buckets, so that nobody waits for a lock and none is taken in
 * two orders. Memory is bounded by the events of one transaction, of which only counted parts are
 * read; sketches are in memory for a few hundred buckets at a time.
 */
@NullMarked
package io.taskfleet.worker.rollup;

import org.jspecify.annotations.NullMarked;
