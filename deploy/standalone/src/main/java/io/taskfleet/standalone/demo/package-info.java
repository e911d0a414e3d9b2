/**
 * A trial of a running fleet from outside: it sends tasks of every kind through both doors, HTTP
 * and Kafka, and checks every result where a user would look for it: at the mail sink, at a webhook
 * receiver, in Postgres, in Redis, on the dead-letter topics and over HTTP.
 *
 * <p>Duty: say what held and what did not, with figures. It shares with the fleet only the contract
 * in {@code io.taskfleet.wire}; everything else it sees from outside.
 *
 * <p>Threads: one thread runs the trials in turn; requests of a load run on virtual threads, and
 * the webhook receiver has threads of its own.
 *
 * <p>Invariants: every wait has an end; names and addresses are unique to a run, so that a fleet
 * that has seen other tasks does not disturb the result; what cannot be checked is said, not passed
 * over.
 */
@NullMarked
package io.taskfleet.standalone.demo;

import org.jspecify.annotations.NullMarked;
