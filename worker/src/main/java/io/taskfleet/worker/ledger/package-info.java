/**
 * The group commit of outcomes.
 *
 * <p>Anybody may {@code submit}; one thread writes. It takes everything that arrived while the last
 * commit ran and writes it in one transaction, guarded so that a late writer changes nothing. While
 * the next commit runs, a second thread tells Redis and has events and dead letters acknowledged by
 * Kafka; only then is an entry finished. A topic that refuses gets a sender of its own, so that it
 * holds up its own records only. A crash between any two steps repeats only idempotent work. While
 * Postgres is away, entries wait in memory; the engine bounds how many there can be.
 */
@NullMarked
package io.taskfleet.worker.ledger;

import org.jspecify.annotations.NullMarked;
