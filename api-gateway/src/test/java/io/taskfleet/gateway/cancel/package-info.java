/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.cancel;

import org.jspecify.annotations.NullMarked;
