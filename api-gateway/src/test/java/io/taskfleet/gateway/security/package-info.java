/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.security;

import org.jspecify.annotations.NullMarked;
