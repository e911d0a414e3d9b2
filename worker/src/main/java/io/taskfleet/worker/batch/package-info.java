/**
 * The task type {@code batch}: a batch whose tasks have all been handed over. All of its work is an
 * effect that the ledger applies with the result, so that what is to follow the last task of a
 * batch follows once, whether that task ends before or after. No threads of its own.
 */
@NullMarked
package io.taskfleet.worker.batch;

import org.jspecify.annotations.NullMarked;
