/** Tests of what needs no gateway; those of whole commands are with the fleet. */
@NullMarked
package io.taskfleet.cli;

import org.jspecify.annotations.NullMarked;
