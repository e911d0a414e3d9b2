/**
 * The group commit of outcomes.
 *
 * <p>Anybody may {@code submit}; one thread writes. It takes everything that arrived while the last
 * commit ran and writes it in one transaction, guarded so that a late writer changes nothing. After
 * the commit it has dead letters and events acknowledged by Kafka, tells Redis, and only then says
 * that an entry is finished. A crash between any two steps repeats only idempotent work. While
 * Postgres is away, entries wait in memory; the engine bounds how many there can be.
 */
@NullMarked
package io.taskfleet.worker.ledger;

import org.jspecify.annotations.NullMarked;
