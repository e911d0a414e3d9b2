package io.taskfleet.worker.outbound;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;

/** A socket that connects in the time that is left, or not at all. */
final class DirectSocket extends Socket {

  @Override
  public void connect(SocketAddress destination, int timeoutMillis) throws IOException {
    super.connect(destination, TimeLeft.atMostMillis(timeoutMillis));
  }
}
