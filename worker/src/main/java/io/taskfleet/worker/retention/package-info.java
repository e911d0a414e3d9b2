/**
 * Deletes tasks that ended long ago, with what hangs on them, and then their batches.
 *
 * <p>One thread in every worker, but one walk for the whole fleet: how far it has come, and when it
 * may go on, is in the table {@code retention}, whose rows are locked by whoever takes the next few
 * steps. Nobody waits for a lock, neither for those nor for one of a task.
 *
 * <p>Invariants: only what has ended is deleted, in small transactions, and the fleet rests for
 * four times as long as each of them took. The walk goes along the index that tasks are listed by,
 * so that it needs none of its own that others would have to keep up; it looks at a bounded number
 * of rows at once, and at none twice before it has come to the end.
 */
@NullMarked
package io.taskfleet.worker.retention;

import org.jspecify.annotations.NullMarked;
