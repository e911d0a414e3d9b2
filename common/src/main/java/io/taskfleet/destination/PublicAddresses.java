package io.taskfleet.destination;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses are a part of the public internet. For IPv4 everything that is not special (IANA
 * IPv4 Special-Purpose Address Registry, multicast, and the metadata address of Azure, which lies
 * in public space); for IPv6 only global unicast that is not special.
 */
final class PublicAddresses {
  private static final List<Network> SPECIAL_V4 =
      networks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "168.63.129.16/32",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.31.196.0/24",
          "192.52.193.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "192.175.48.0/24",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3");

  private static final Network GLOBAL_UNICAST_V6 = Network.of("2000::/3");

  private static final List<Network> SPECIAL_V6 =
      networks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

  private static final Network NAT64 = Network.of("64:ff9b::/96");
  private static final int NAT64_PREFIX_BYTES = 12;

  private PublicAddresses() {}

  static boolean contain(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return isPublicV4(bytes);
    }
    if (NAT64.contains(bytes)) {
      return isPublicV4(Arrays.copyOfRange(bytes, NAT64_PREFIX_BYTES, bytes.length));
    }
    return GLOBAL_UNICAST_V6.contains(bytes)
        && SPECIAL_V6.stream().noneMatch(network -> network.contains(bytes));
  }

  private static boolean isPublicV4(byte[] bytes) {
    return SPECIAL_V4.stream().noneMatch(network -> network.contains(bytes));
  }

  private static List<Network> networks(String... names) {
    return Stream.of(names).map(Network::of).toList();
  }
}
