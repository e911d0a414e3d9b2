/** Tests of schedules: what is refused, what is stored, and who may see it. */
@NullMarked
package io.taskfleet.gateway.schedule;

import org.jspecify.annotations.NullMarked;
