/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.queue;

import org.jspecify.annotations.NullMarked;
