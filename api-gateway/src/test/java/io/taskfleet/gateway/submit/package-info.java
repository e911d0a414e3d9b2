/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.submit;

import org.jspecify.annotations.NullMarked;
