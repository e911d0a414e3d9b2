package io.taskfleet.worker.outbound;

import io.taskfleet.destination.Destinations;
import io.taskfleet.worker.failure.BlockedDestinationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves a host, and refuses it if any of its addresses must not be called.
 *
 * <p>The system's resolver can neither be interrupted nor told a timeout, so each lookup runs on a
 * platform thread of its own, of which there are a bounded number.
 */
final class GuardedDns implements DnsResolver, AutoCloseable {
  private static final int MOST_LOOKUPS = 64;

  /** Each address costs a connect timeout when the host is dead. */
  private static final int MOST_ADDRESSES = 3;

  private final Destinations destinations;
  private final Duration timeout;
  private final Lookup system;
  private final ThreadPoolExecutor lookups;

  /** What the system's resolver does. */
  interface Lookup {
    InetAddress[] addressesOf(String host) throws UnknownHostException;
  }

  GuardedDns(Destinations destinations, Duration timeout, Lookup system) {
    this.destinations = destinations;
    this.timeout = timeout;
    this.system = system;
    this.lookups =
        new ThreadPoolExecutor(
            0,
            MOST_LOOKUPS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("lookup-", 0).factory());
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    if (!destinations.mayBeNamed(host)) {
      throw new BlockedDestinationException();
    }
    InetAddress[] addresses = lookUp(host);
    if (!Arrays.stream(addresses).allMatch(destinations::mayBeReached)) {
      throw new BlockedDestinationException();
    }
    return addresses.length > MOST_ADDRESSES ? Arrays.copyOf(addresses, MOST_ADDRESSES) : addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  @Override
  public void close() {
    lookups.shutdownNow();
  }

  /** Resolves a host that no caller has named. */
  InetAddress[] lookUp(String host) throws UnknownHostException {
    Future<InetAddress[]> lookup = null;
    try {
      lookup = lookups.submit(() -> system.addressesOf(host));
      return lookup.get(TimeLeft.atMost(timeout), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw unresolved("lookup failed", e);
    } catch (TimeoutException | RejectedExecutionException e) {
      throw unresolved("lookup took too long", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unresolved("interrupted", e);
    } finally {
      if (lookup != null) {
        lookup.cancel(true);
      }
    }
  }

  private static UnknownHostException unresolved(String detail, Throwable cause) {
    UnknownHostException unresolved = new UnknownHostException(detail);
    unresolved.initCause(cause);
    return unresolved;
  }
}
