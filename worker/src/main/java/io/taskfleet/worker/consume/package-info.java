/**
 * The engine: it takes records from Kafka, hands tasks out as attempts, and commits offsets.
 *
 * <p>One platform thread per task type owns the consumer, the windows and the lanes; none of these
 * is ever touched by another thread. Tasks go out to their attempts, and questions about records to
 * Postgres; what comes back goes through the {@link io.taskfleet.worker.consume.Inbox}: answers,
 * "the attempt has ended", which frees its permit and its lane, later "the entry is durable", which
 * finishes its offset; and so does news of cancellations and caps.
 *
 * <p>Invariants: an offset is committed only when every record below it is finished; a record is
 * finished only when the ledger says so or when it is a duplicate; what comes back for a window
 * that was given up changes nothing.
 */
@NullMarked
package io.taskfleet.worker.consume;

import org.jspecify.annotations.NullMarked;
