/**
 * Accepts tasks: reads what was posted, puts it on its topic, says so.
 *
 * <p>Threads: a request's thread reads, hands the record to the shared producer and waits for
 * Kafka's acknowledgement up to a deadline. The producer's own thread sends.
 *
 * <p>Invariants: 202 is answered after the acknowledgement of all replicas in sync and never
 * before; what is refused never reaches Kafka; an answer comes within the deadline, whatever Kafka
 * does; where it is unknown whether Kafka has the record, the answer is 503.
 */
@NullMarked
package io.taskfleet.gateway.submit;

import org.jspecify.annotations.NullMarked;
