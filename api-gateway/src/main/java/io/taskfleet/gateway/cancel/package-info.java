/**
 * Stops a task: the gateway ends its row, and makes one for a task that only waits in a queue.
 * Workers look at the row before they begin, hear of it while they run, and change nothing about it
 * afterwards.
 *
 * <p>Threads: everything runs on the thread of its request and asks Postgres in its turn.
 *
 * <p>Invariants: the row, the timeline and the counter of the batch change in one statement, once;
 * what has ended stays as it ended; Redis and the lifecycle event come after the commit and may be
 * lost.
 */
@NullMarked
package io.taskfleet.gateway.cancel;

import org.jspecify.annotations.NullMarked;
