/** Tests of the gateway as a whole, on real servers, and what they share. */
@NullMarked
package io.taskfleet.gateway;

import org.jspecify.annotations.NullMarked;
