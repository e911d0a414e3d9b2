/**
 * Who is next when more tasks are ready than may run.
 *
 * <p>No threads: a {@link io.taskfleet.worker.fairness.FairQueue} and a {@link
 * io.taskfleet.worker.fairness.Reserve} belong to one poll loop's.
 *
 * <p>Invariants: among the priorities that have something ready each gets its share, and none
 * starves; within a priority the tenant that uses least of its share is first, so that one tenant's
 * flood does not delay another's trickle. What it costs to find the next does not grow with what
 * waits.
 */
@NullMarked
package io.taskfleet.worker.fairness;

import org.jspecify.annotations.NullMarked;
