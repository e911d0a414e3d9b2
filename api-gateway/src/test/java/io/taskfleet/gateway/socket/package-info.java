/** The WebSocket, by real clients on real servers. */
@NullMarked
package io.taskfleet.gateway.socket;

import org.jspecify.annotations.NullMarked;
