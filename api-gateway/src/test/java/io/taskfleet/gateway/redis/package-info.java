/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.redis;

import org.jspecify.annotations.NullMarked;
