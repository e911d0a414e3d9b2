/** Every example of {@code docs/api}, run against the fleet that a user starts. */
@NullMarked
package io.taskfleet.standalone.api;

import org.jspecify.annotations.NullMarked;
