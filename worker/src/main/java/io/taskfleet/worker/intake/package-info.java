/**
 * What is to be done with a record: a task to be attempted, one whose outcome needs no attempt, or
 * nothing new.
 *
 * <p>No threads: an {@link io.taskfleet.worker.intake.Intake} belongs to one poll loop's; only its
 * question to Postgres is asked on any thread.
 *
 * <p>Invariants: whatever a record holds it is decided about, and cannot keep others from being; a
 * defect costs one record its turn; nothing is decided while nobody can be asked; and nothing is
 * changed here: what is decided is carried out by whoever asked.
 */
@NullMarked
package io.taskfleet.worker.intake;

import org.jspecify.annotations.NullMarked;
