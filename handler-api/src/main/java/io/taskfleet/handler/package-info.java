/**
 * What a task type is made of: a {@link io.taskfleet.handler.Payload}, a {@link
 * io.taskfleet.handler.TaskHandler} that does the work, and for a type that is not built in a
 * {@link io.taskfleet.handler.HandlerProvider} by which a worker finds it. It knows neither Kafka
 * nor JDBC nor Spring, and nothing in it runs: the worker calls, on threads of its own.
 */
@NullMarked
package io.taskfleet.handler;

import org.jspecify.annotations.NullMarked;
