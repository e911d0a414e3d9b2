package io.taskfleet.worker.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses are a part of the public internet. For IPv4 everything that is not special (IANA
 * IPv4 Special-Purpose Address Registry, multicast, and the metadata address of Azure, which lies
 * in public space); for IPv6 only global unicast that is not special.
 */
final class PublicAddresses {
  private static final List<Block> SPECIAL_V4 =
      List.of(
          block(8, 0),
          block(8, 10),
          block(10, 100, 64),
          block(8, 127),
          block(16, 169, 254),
          block(12, 172, 16),
          block(24, 192, 0, 0),
          block(24, 192, 0, 2),
          block(24, 192, 31, 196),
          block(24, 192, 52, 193),
          block(24, 192, 88, 99),
          block(16, 192, 168),
          block(24, 192, 175, 48),
          block(15, 198, 18),
          block(24, 198, 51, 100),
          block(24, 203, 0, 113),
          block(32, 168, 63, 129, 16),
          block(3, 224));

  private static final Block GLOBAL_UNICAST_V6 = block(3, 0x20);

  private static final List<Block> SPECIAL_V6 =
      List.of(
          block(23, 0x20, 0x01),
          block(32, 0x20, 0x01, 0x0d, 0xb8),
          block(16, 0x20, 0x02),
          block(48, 0x26, 0x20, 0x00, 0x4f, 0x80, 0x00),
          block(20, 0x3f, 0xff));

  private static final Block NAT64 = block(96, 0x00, 0x64, 0xff, 0x9b);
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
        && SPECIAL_V6.stream().noneMatch(block -> block.contains(bytes));
  }

  private static boolean isPublicV4(byte[] bytes) {
    return SPECIAL_V4.stream().noneMatch(block -> block.contains(bytes));
  }

  private static Block block(int bits, int... leadingBytes) {
    byte[] prefix = new byte[(bits + 7) / 8];
    for (int i = 0; i < leadingBytes.length; i++) {
      prefix[i] = (byte) leadingBytes[i];
    }
    return new Block(bits, prefix);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(int bits, byte[] prefix) {

    boolean contains(byte[] address) {
      int whole = bits / 8;
      int rest = bits % 8;
      return Arrays.equals(address, 0, whole, prefix, 0, whole)
          && (rest == 0 || ((address[whole] ^ prefix[whole]) & 0xFF) >> (8 - rest) == 0);
    }
  }
}
