/**
 * What is written beside the rows of tasks, in the transaction that changes them: the timeline,
 * events, inboxes, batches and follow-up tasks.
 *
 * <p>On the ledger's thread, for those rows only that it has changed, so that an effect is applied
 * once however often its task is delivered. Rows that two workers may touch are taken in one order.
 */
@NullMarked
package io.taskfleet.worker.effect;

import org.jspecify.annotations.NullMarked;
