/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.status;

import org.jspecify.annotations.NullMarked;
