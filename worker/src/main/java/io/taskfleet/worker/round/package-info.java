/**
 * What goes on beside the engine, each on a thread of its own.
 *
 * <p>Invariants: a turn that fails is followed by another one after a pause, and the log is told
 * once for all that fail in a row; a round that was stopped begins no turn.
 */
@NullMarked
package io.taskfleet.worker.round;

import org.jspecify.annotations.NullMarked;
