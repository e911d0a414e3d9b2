/**
 * A kit to test handlers with: attempts as a worker makes them, recorded where a worker records
 * them, at a time that the test sets.
 */
@NullMarked
package io.taskfleet.handler.test;

import org.jspecify.annotations.NullMarked;
