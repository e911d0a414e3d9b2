/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.timeline;

import org.jspecify.annotations.NullMarked;
