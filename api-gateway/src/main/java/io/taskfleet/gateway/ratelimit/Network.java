package io.taskfleet.gateway.ratelimit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** What counts as one address: of IPv6 the /64, because one household has as many as it likes. */
final class Network {
  private static final int PREFIX_BYTES = 8;

  private Network() {}

  static String of(String address) {
    try {
      InetAddress parsed = InetAddress.ofLiteral(address);
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), PREFIX_BYTES))
          : parsed.getHostAddress();
    } catch (IllegalArgumentException noLiteral) {
      // A proxy that was configured to be trusted has said something else.
      return "other";
    }
  }
}
