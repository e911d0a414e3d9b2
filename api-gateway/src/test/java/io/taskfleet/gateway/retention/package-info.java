@NullMarked
package io.taskfleet.gateway.retention;

import org.jspecify.annotations.NullMarked;
