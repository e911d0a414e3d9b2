/**
 * Kafka's topics as the engine meets them: what they are known by, and what it sends to them.
 *
 * <p>A {@link io.taskfleet.worker.topic.TopicSender} has a virtual thread for what must not make
 * others wait, and hears on the producer's thread how a record fared; {@link
 * io.taskfleet.worker.topic.TopicIds} belongs to one poll loop's thread.
 *
 * <p>Invariants: a record is reported as acknowledged once, when Kafka has it, and is kept until
 * then; a topic that takes nothing holds up its own records only, and a bounded part of the
 * producer's buffer; the producer's thread never sends.
 */
@NullMarked
package io.taskfleet.worker.topic;

import org.jspecify.annotations.NullMarked;
