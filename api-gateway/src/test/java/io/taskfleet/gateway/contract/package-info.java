/** What the gateway says of itself, held against what it does. */
@NullMarked
package io.taskfleet.gateway.contract;

import org.jspecify.annotations.NullMarked;
