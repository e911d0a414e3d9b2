/**
 * Tasks that wait on their topics: looked up in Kafka itself, where nobody else knows of them.
 *
 * <p>Threads: a few platform threads, the seekers, each with a consumer of its own that belongs to
 * no group; a request hands its question over and waits for the answer up to a deadline.
 *
 * <p>Invariants: what a search costs is bounded in records, bytes and time, and so is how many
 * search or wait; {@code Absent} is said only when everything was looked through that workers have
 * not finished and that can hold the task; a task of another tenant is not there.
 */
@NullMarked
package io.taskfleet.gateway.queue;

import org.jspecify.annotations.NullMarked;
