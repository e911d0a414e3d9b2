/**
 * What has been deleted because it ended long ago. Workers do that; here it is told from what never
 * was, by the time in its id.
 */
@NullMarked
package io.taskfleet.gateway.retention;

import org.jspecify.annotations.NullMarked;
