/**
 * Schedules: tasks that are made again and again, or once at a time of their own. They are rows;
 * here they are written and read, the workers fire them.
 *
 * <p>Threads: requests work on their own threads, with Postgres few at a time.
 *
 * <p>Invariants: a schedule's task is held to all the rules of a submitted one, so that no firing
 * is refused; when a schedule fires first is reckoned by Postgres' clock, as the workers do; a
 * schedule of another tenant is not there; what a page holds is bounded in bytes. Only {@code run}
 * touches Kafka, and answers after its acknowledgement.
 */
@NullMarked
package io.taskfleet.gateway.schedule;

import org.jspecify.annotations.NullMarked;
