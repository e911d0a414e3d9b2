/**
 * When schedules fire. The gateway refuses a schedule that never would and says when it will for
 * the first time; the worker says the times after that. Both must agree, so it is said here.
 *
 * <p>No threads and no state: values that know neither a clock nor a database.
 *
 * <p>Invariants: the next firing is after the time asked about, always; what a clock does at the
 * change to and from summer time neither loses a firing nor doubles one.
 */
@NullMarked
package io.taskfleet.schedule;

import org.jspecify.annotations.NullMarked;
