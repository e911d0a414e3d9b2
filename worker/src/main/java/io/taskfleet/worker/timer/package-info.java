/**
 * Everything that waits for a time: retries, deferrals, scheduled and follow-up tasks, schedules,
 * and dead tasks that are redriven. What waits is a row of {@code task} with a {@code due_at}; a
 * relay in every worker puts due rows back on their topics. A schedule that fires makes such a row.
 *
 * <p>Two threads. The relay's fires schedules, claims rows for the time of a lease, hands them to
 * senders (a virtual thread for each priority of a type, which alone may block on Kafka) and marks
 * what Kafka has acknowledged. The other one carries out redrives.
 *
 * <p>Invariants: a row that is not terminal and waits for a time has a {@code due_at}, under a
 * lease too, so that a relay's death loses nothing; a mark changes only a row that nobody has
 * touched since its claim; one delivery of a task may be published again, but never under another
 * number; no lock is held while Kafka is waited for, and a relay never waits for a lock on a task;
 * a firing's task and the schedule's move to its next one are one transaction, and the task's id is
 * made of schedule and time, so that none is lost and none doubled.
 */
@NullMarked
package io.taskfleet.worker.timer;

import org.jspecify.annotations.NullMarked;
