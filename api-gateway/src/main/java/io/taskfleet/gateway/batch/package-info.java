/**
 * Batches: many tasks handed over in one request, and how far they have come.
 *
 * <p>Threads: a request's thread reads its body line by line and sends each task as soon as it is
 * read; it waits when too much is unacknowledged, over all batches together, and so Kafka slows the
 * caller down. A producer of their own sends batches, so that they stand in no single task's way.
 * One platform thread, the watcher, asks Postgres for everybody who waits; rows of new batches are
 * written in the background.
 *
 * <p>Invariants: memory does not depend on the length of a body; a batch that was answered with 202
 * has all its tasks and its closing record on Kafka; no request needs Postgres to be accepted; the
 * same body sent again with the same idempotency key is the same tasks; a batch of another tenant
 * is not there.
 */
@NullMarked
package io.taskfleet.gateway.batch;

import org.jspecify.annotations.NullMarked;
