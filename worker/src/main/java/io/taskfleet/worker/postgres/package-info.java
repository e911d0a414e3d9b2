/**
 * What the worker's writers share of their ways with Postgres: rows that travel as arrays in its
 * binary format, and statements that take effect together.
 *
 * <p>No threads and no state: whoever calls brings the connection or the data source.
 *
 * <p>Invariants: a group of any size is one statement and one round trip; a transaction that throws
 * has changed nothing, unless only the answer to its commit was lost.
 */
@NullMarked
package io.taskfleet.worker.postgres;

import org.jspecify.annotations.NullMarked;
