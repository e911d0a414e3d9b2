@NullMarked
package io.taskfleet.gateway.user;

import org.jspecify.annotations.NullMarked;
