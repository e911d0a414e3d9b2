/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.listing;

import org.jspecify.annotations.NullMarked;
