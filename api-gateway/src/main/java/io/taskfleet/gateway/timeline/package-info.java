/**
 * What has happened to a task, in order: from the table of tasks and that of attempts; of a task
 * that Postgres does not know yet, what Redis says.
 *
 * <p>Threads: everything runs on the thread of its request and asks Postgres in its turn.
 *
 * <p>Invariants: without Postgres there is no answer, since half a story is none; a task of another
 * tenant is not there; no more than so many of the latest entries are read.
 */
@NullMarked
package io.taskfleet.gateway.timeline;

import org.jspecify.annotations.NullMarked;
