/** A way into the program for tests that run its commands against a fleet. */
@NullMarked
package io.taskfleet.cli;

import org.jspecify.annotations.NullMarked;
