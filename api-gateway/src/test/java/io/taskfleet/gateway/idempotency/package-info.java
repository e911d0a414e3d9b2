/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.idempotency;

import org.jspecify.annotations.NullMarked;
