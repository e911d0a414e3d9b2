/**
 * What a task is: identity, type, payload, state, priority, and why one was refused. These are
 * values that gateway and worker exchange; they are immutable, hold no I/O and may cross threads
 * freely.
 */
@NullMarked
package io.taskfleet.task;

import org.jspecify.annotations.NullMarked;
