/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.live;

import org.jspecify.annotations.NullMarked;
