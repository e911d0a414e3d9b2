/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.ratelimit;

import org.jspecify.annotations.NullMarked;
