package io.taskfleet.destination;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which hosts URLs may name, and which addresses may be connected to. */
public final class Destinations {
  /** Nothing but the public internet. */
  public static final Destinations PUBLIC = new Destinations(List.of());

  private static final Pattern PORT = Pattern.compile(":\\d*$");

  private final List<Network> allowed;

  private Destinations(List<Network> allowed) {
    this.allowed = allowed;
  }

  /**
   * The public internet, and these networks.
   *
   * @param networks as {@code 127.0.0.0/8} or {@code ::1}
   * @throws IllegalArgumentException if one of them is no network
   */
  public static Destinations publicAnd(List<String> networks) {
    return networks.isEmpty()
        ? PUBLIC
        : new Destinations(networks.stream().map(String::strip).map(Network::of).toList());
  }

  /**
   * The host that this URI names, if it names one. A number in disguise is one too, though Java
   * takes most of them for no host.
   */
  public static @Nullable String hostIn(URI uri) {
    if (uri.getHost() != null) {
      return uri.getHost();
    }
    String authority = uri.getRawAuthority();
    if (authority == null) {
      return null;
    }
    String host = PORT.matcher(authority).replaceFirst("");
    return HostLiterals.isDisguised(host) ? host : null;
  }

  /**
   * Whether a URL may name this host. Of a name that is not known before it is resolved.
   *
   * @param host as {@link #hostIn} has it
   */
  public boolean mayBeNamed(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    if (HostLiterals.isDisguised(bare)) {
      return false;
    }
    if (!HostLiterals.isAddress(bare)) {
      return true;
    }
    try {
      return mayBeReached(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException neither) {
      return false;
    }
  }

  /** Whether a connection to this address may be opened. */
  public boolean mayBeReached(InetAddress address) {
    return PublicAddresses.contain(address)
        || allowed.stream().anyMatch(network -> network.contains(address));
  }
}
