package io.taskfleet.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * A connection whose answer goes on for hours. It leaves Tomcat's HTTP when the headers have been
 * sent, as a WebSocket does, although its status is 200: else it would keep the buffers of a
 * request and of a response, about 90 KB, and the thread of the request. What is written is the
 * body, and the end of the connection is its end. Tomcat makes the instance, by the class.
 */
public final class LongConnection implements InternalHttpUpgradeHandler {
  private static final int NEVER = -1;
  private static final byte[] IGNORED = new byte[512];

  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile @Nullable SocketWrapperBase<?> socket;
  private volatile @Nullable User user;

  /** Who writes on the connection. */
  public interface User {
    /** The connection is there; called once, on a thread of Tomcat's. Must not block. */
    void begin(LongConnection connection);

    /** The caller has gone, or the connection is closed. Must not block. */
    void end();
  }

  /**
   * Sends the headers that the response has by now, and hands the connection to this user as soon
   * as the request has ended. Whether that happens at all depends on the caller being there.
   */
  public static void take(HttpServletRequest request, HttpServletResponse response, User user)
      throws IOException {
    try {
      LongConnection connection = request.upgrade(LongConnection.class);
      connection.user = user;
      response.setStatus(HttpStatus.OK.value());
      // Which also makes the end of the connection the end of the body.
      response.setHeader(HttpHeaders.CONNECTION, "close");
      response.flushBuffer();
    } catch (jakarta.servlet.ServletException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Limits what the system keeps of what has been written and not read. */
  public void limitBuffer(int bytes) throws IOException {
    if (socket().getSocket() instanceof NioChannel channel) {
      SocketChannel open = channel.getIOChannel();
      if (open == null) {
        throw new ClosedChannelException();
      }
      open.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
    }
  }

  /** Writes all of it, and waits until that is done. */
  public void write(byte[] bytes) throws IOException {
    SocketWrapperBase<?> to = socket();
    to.write(true, bytes, 0, bytes.length);
    boolean _ = to.flush(true);
  }

  /** Closes it, at once. Who writes at this moment is not told until interrupted. */
  public void close() {
    SocketWrapperBase<?> open = socket;
    if (open != null) {
      open.close();
    }
  }

  private SocketWrapperBase<?> socket() {
    return Objects.requireNonNull(socket, "the connection has not begun");
  }

  @Override
  public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
    socket = wrapper;
  }

  @Override
  public void init(WebConnection connection) {
    // Nothing is expected of the caller any more.
    socket().setReadTimeout(NEVER);
    User its = user;
    if (its != null) {
      its.begin(this);
    }
  }

  @Override
  public SocketState upgradeDispatch(SocketEvent event) {
    if (event == SocketEvent.OPEN_READ && isThere()) {
      return SocketState.UPGRADED;
    }
    end();
    return SocketState.CLOSED;
  }

  // Whatever the caller says is not listened to; that it hangs up is.
  private boolean isThere() {
    try {
      int read = socket().read(false, IGNORED, 0, IGNORED.length);
      while (read > 0) {
        read = socket().read(false, IGNORED, 0, IGNORED.length);
      }
      return read == 0;
    } catch (EOFException hungUp) {
      return false;
    } catch (IOException broken) {
      return false;
    }
  }

  @Override
  public void destroy() {
    end();
  }

  @Override
  public void pause() {
    // The user knows by itself when the process is to end.
  }

  @Override
  public void timeoutAsync(long now) {
    // Nothing is asynchronous here.
  }

  @Override
  public void setSslSupport(SSLSupport support) {
    // Nobody asks.
  }

  private void end() {
    User its = user;
    if (its != null && gone.compareAndSet(false, true)) {
      its.end();
    }
  }
}
