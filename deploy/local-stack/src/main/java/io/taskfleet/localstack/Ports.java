package io.taskfleet.localstack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Hands out the ports of one stack.
 *
 * <p>Free ports are taken from below the range that operating systems use for outgoing connections.
 * Inside it, a server that is down for a while could find its port taken by some client, and a
 * client that keeps knocking on its closed port can end up connected to itself.
 */
final class Ports {
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 1_000;

  private final RandomGenerator random;
  private final Set<Integer> fixed;
  private final Set<Integer> given = new HashSet<>();

  /** A free port is never one of the fixed ones, even while those are still to be settled. */
  Ports(RandomGenerator random, Set<Integer> fixed) {
    this.random = random;
    this.fixed = Set.copyOf(fixed);
  }

  /** Settles the wish for a port: a fixed one must be free, 0 stands for any free one. */
  int settle(String server, int wish, String option) {
    if (wish == 0) {
      return free();
    }
    if (!given.add(wish)) {
      throw new LocalStackException(
          "Port %d is given to two servers of the stack, one of them %s. Choose another with %s."
              .formatted(wish, server, option));
    }
    if (!isFree(wish)) {
      throw new LocalStackException(
          "%s cannot start: port %d is in use by another program. Choose another with %s, or 0 for a free one."
              .formatted(server, wish, option));
    }
    return wish;
  }

  int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(LOWEST, HIGHEST);
      if (!fixed.contains(port) && !given.contains(port) && isFree(port)) {
        given.add(port);
        return port;
      }
    }
    throw new LocalStackException("No free port between " + LOWEST + " and " + HIGHEST);
  }

  // Connecting as well as binding: a listener on all addresses does not stop a bind to one of them.
  private static boolean isFree(int port) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address, 1);
    } catch (IOException taken) {
      return false;
    }
    try (Socket client = new Socket()) {
      client.connect(address, 200);
      return false;
    } catch (IOException nobodyListens) {
      return true;
    }
  }
}
