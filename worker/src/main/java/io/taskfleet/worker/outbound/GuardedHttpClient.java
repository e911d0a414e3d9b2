package io.taskfleet.worker.outbound;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/** Calls addresses that callers choose, and only those a stranger may be let near. Thread-safe. */
public final class GuardedHttpClient implements AutoCloseable {
  private static final int LONGEST_BODY = 64 * 1024;
  private static final Duration CONNECTIONS_TAKEN = Duration.ofSeconds(1);

  private final GuardedDns dns;
  private final CloseableHttpClient client;
  private final ScheduledThreadPoolExecutor deadlines;
  private final Clock clock;

  /** A client with connections of its own. */
  public GuardedHttpClient(OutboundProperties properties, Clock clock) {
    this(properties, clock, InetAddress::getAllByName);
  }

  GuardedHttpClient(OutboundProperties properties, Clock clock, GuardedDns.Lookup system) {
    this.dns = new GuardedDns(properties.destinations(), properties.lookupTimeout(), system);
    this.client = ApacheClient.create(properties, dns);
    this.clock = clock;
    this.deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("outbound-deadline").factory());
    deadlines.setRemoveOnCancelPolicy(true);
  }

  /**
   * Makes the call. An interrupt ends it early.
   *
   * @param timeout for all of it, from the lookup to the last byte that is read
   * @throws SocketTimeoutException if the whole answer is not there in time
   * @throws io.taskfleet.worker.failure.BlockedDestinationException if the address is not public
   * @throws CallRefusedException if all connections are taken
   * @throws TaskRejectedException if the URI is none that can be called
   */
  public OutboundReply send(OutboundRequest request, Duration timeout)
      throws IOException, CallRefusedException, TaskRejectedException {
    return send(request, timeout, LONGEST_BODY);
  }

  /**
   * The same, with as many bytes of the body as this.
   *
   * @param longestBody where the answer is cut off
   */
  public OutboundReply send(OutboundRequest request, Duration timeout, int longestBody)
      throws IOException, CallRefusedException, TaskRejectedException {
    HttpHost target = target(request.uri());
    HttpUriRequestBase call = call(request);
    long end = System.nanoTime() + timeout.toNanos();
    var deadline = deadlines.schedule(call::abort, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return TimeLeft.until(end, () -> exchange(target, call, longestBody));
    } catch (ConnectionRequestTimeoutException | CancellationException taken) {
      // Cancelled is what an aborted call is told that still waits for a connection.
      throw new CallRefusedException("all outbound connections are in use", CONNECTIONS_TAKEN);
    } catch (IOException e) {
      throw System.nanoTime() - end >= 0 ? timedOut(e) : e;
    } finally {
      deadline.cancel(false);
    }
  }

  @Override
  public void close() {
    client.close(CloseMode.GRACEFUL);
    deadlines.shutdownNow();
    dns.close();
  }

  private OutboundReply exchange(HttpHost target, HttpUriRequestBase call, int longestBody)
      throws IOException {
    ClassicHttpResponse response = client.executeOpen(target, call, null);
    boolean isReadToItsEnd = false;
    try {
      OutboundReply reply = read(response, longestBody);
      isReadToItsEnd = !reply.truncated();
      return reply;
    } finally {
      if (!isReadToItsEnd) {
        // Closing the response would read the rest first, however much that is.
        call.abort();
      }
      Closer.closeQuietly(response);
    }
  }

  private OutboundReply read(ClassicHttpResponse response, int longestBody) throws IOException {
    Header retryAfter = response.getFirstHeader("Retry-After");
    byte[] body = body(response.getEntity(), longestBody);
    boolean truncated = body.length > longestBody;
    return new OutboundReply(
        response.getCode(),
        RetryAfter.parse(retryAfter == null ? null : retryAfter.getValue(), clock.instant()),
        truncated ? Arrays.copyOf(body, longestBody) : body,
        truncated);
  }

  /** One byte more than is kept, to know whether there was more. */
  @SuppressWarnings("MustBeClosedChecker")
  private static byte[] body(@Nullable HttpEntity entity, int longest) throws IOException {
    if (entity == null) {
      return new byte[0];
    }
    InputStream content = entity.getContent();
    return content == null ? new byte[0] : content.readNBytes(longest + 1);
  }

  private static HttpUriRequestBase call(OutboundRequest request) {
    // The client would send letters beyond ASCII as question marks.
    URI ascii = URI.create(request.uri().toASCIIString());
    HttpUriRequestBase call = new HttpUriRequestBase(request.method(), ascii);
    request.headers().forEach(call::setHeader);
    byte[] body = request.body();
    if (body != null) {
      call.setEntity(new ByteArrayEntity(body, null));
    }
    return call;
  }

  /** Taken from the URI that was validated, so that no second parser sees another host in it. */
  private static HttpHost target(URI uri) throws TaskRejectedException {
    String scheme = uri.getScheme();
    String host = uri.getHost();
    if (scheme == null
        || host == null
        || uri.getRawUserInfo() != null
        || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
      throw new TaskRejectedException(ReasonCode.VALIDATION_FAILED, "not a URL to call");
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new HttpHost(scheme.toLowerCase(Locale.ROOT), bare, uri.getPort());
  }

  private static SocketTimeoutException timedOut(IOException e) {
    SocketTimeoutException timedOut = new SocketTimeoutException("no whole answer in time");
    timedOut.initCause(e);
    return timedOut;
  }
}
