@NullMarked
package io.taskfleet.gateway.paging;

import org.jspecify.annotations.NullMarked;
