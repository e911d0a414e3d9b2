/**
 * Which types of task there are: the built-in ones, and those that workers have told of in
 * Postgres. A background thread keeps a copy, and requests ask only that: none waits for Postgres,
 * and while it is away the copy stays. Thread-safe.
 */
@NullMarked
package io.taskfleet.gateway.type;

import org.jspecify.annotations.NullMarked;
