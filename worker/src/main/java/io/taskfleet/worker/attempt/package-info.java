/**
 * One try at one task: the deadline, the handler, and the {@link
 * io.taskfleet.worker.attempt.Outcome}.
 *
 * <p>Each attempt runs on a virtual thread of its own; the engine bounds how many there are. {@link
 * io.taskfleet.worker.attempt.TaskHandler} is what a task type implements; it sees neither Kafka
 * nor JDBC. Nothing here decides what a failure means: that is {@code failure}'s.
 */
@NullMarked
package io.taskfleet.worker.attempt;

import org.jspecify.annotations.NullMarked;
