/** Tests of the client against scripted servers; those against a gateway are with the fleet. */
@NullMarked
package io.taskfleet.client;

import org.jspecify.annotations.NullMarked;
