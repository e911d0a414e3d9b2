/**
 * One try at one task: the deadline, the handler, and the {@link
 * io.taskfleet.worker.attempt.Outcome}.
 *
 * <p>Each attempt runs on a virtual thread of its own, or on one of its type's platform threads if
 * it computes; the engine bounds how many there are. {@link io.taskfleet.handler.TaskHandler} is
 * what a task type implements; what only built-in ones need beyond it is here. Nothing here decides
 * what a failure means: that is {@code failure}'s.
 */
@NullMarked
package io.taskfleet.worker.attempt;

import org.jspecify.annotations.NullMarked;
