@NullMarked
package io.taskfleet.gateway.batch;

import org.jspecify.annotations.NullMarked;
