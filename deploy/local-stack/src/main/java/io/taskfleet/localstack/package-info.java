/**
 * The real servers that development and integration tests run on: a Kafka broker (KRaft), Postgres,
 * Redis and an SMTP server that keeps what it receives. They need no containers; tests may ask for
 * them with a system property ({@link io.taskfleet.localstack.LocalStack}).
 *
 * <p>Duty: bring the four up side by side on loopback addresses only, keep their state in one
 * directory, and let a test stop, kill and start each of them on its port with its data. Nothing
 * here is meant for production and nothing here knows what a task is.
 *
 * <p>Threads: every public type may be used from any thread; the methods that start and stop a
 * server exclude each other per server. The broker and the mail sink live in this JVM (the broker
 * by choice), Postgres and Redis are processes of their own.
 *
 * <p>Invariants: a port is settled when the stack is built and never changes afterwards; a data
 * directory belongs to one stack at a time; Postgres runs durably, as in production; a server left
 * over from a JVM that was killed is ended before its successor starts.
 */
@NullMarked
package io.taskfleet.localstack;

import org.jspecify.annotations.NullMarked;
