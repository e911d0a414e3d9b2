/**
 * What is to be recorded of a delivery: the next state of its task, and all that belongs to it.
 *
 * <p>Values, made on the thread on which the decision falls and read by those of the ledger. An
 * outcome that says nothing ended, or that something waits for a time, leaves the task its
 * attempts; only what the task itself did wrong spends one.
 */
@NullMarked
package io.taskfleet.worker.outcome;

import org.jspecify.annotations.NullMarked;
