/** Tests of the package of the same name. */
@NullMarked
package io.taskfleet.gateway.web;

import org.jspecify.annotations.NullMarked;
