package io.taskfleet.gateway.web;

import static org.assertj.core.api.Assertions.assertThatIOException;

import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.junit.jupiter.api.Test;

class LongConnectionTest {

  /** Tomcat puts a channel without a socket in the place of one that it has closed. */
  @Test
  void aCallerWhoHasHungUpIsNoDefect() {
    LongConnection connection = new LongConnection();
    NioChannel closed = new NioChannel(new SocketBufferHandler(0, 0, false));
    connection.setSocketWrapper(new NioEndpoint.NioSocketWrapper(closed, new NioEndpoint()));

    assertThatIOException().isThrownBy(() -> connection.limitBuffer(4096));
  }
}
