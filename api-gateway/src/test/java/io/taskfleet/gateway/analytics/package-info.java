/** Tests of what analytics events come to. */
@NullMarked
package io.taskfleet.gateway.analytics;

import org.jspecify.annotations.NullMarked;
