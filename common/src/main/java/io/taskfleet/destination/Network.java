package io.taskfleet.destination;

import java.net.InetAddress;
import java.util.Arrays;

/** A block of addresses, as CIDR writes it. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Network(byte[] first, int bits) {

  /**
   * The network of this name, such as {@code 10.0.0.0/8}, {@code fd00::/8} or {@code 192.0.2.7}.
   *
   * @throws IllegalArgumentException if it is none, or the address lies in the middle of it
   */
  static Network of(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (HostLiterals.isDisguised(address)) {
      throw new IllegalArgumentException("not an address: " + address);
    }
    byte[] first = InetAddress.ofLiteral(address).getAddress();
    int longest = first.length * Byte.SIZE;
    int bits = slash < 0 ? longest : Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > longest) {
      throw new IllegalArgumentException("no such prefix length: " + text);
    }
    Network network = new Network(first, bits);
    if (network.hasBitsBeyondPrefix()) {
      throw new IllegalArgumentException("not the first address of its network: " + text);
    }
    return network;
  }

  boolean contains(InetAddress address) {
    return contains(address.getAddress());
  }

  boolean contains(byte[] address) {
    int whole = bits / Byte.SIZE;
    int rest = bits % Byte.SIZE;
    return address.length == first.length
        && Arrays.equals(address, 0, whole, first, 0, whole)
        && (rest == 0 || ((address[whole] ^ first[whole]) & 0xFF) >> (Byte.SIZE - rest) == 0);
  }

  private boolean hasBitsBeyondPrefix() {
    for (int bit = bits; bit < first.length * Byte.SIZE; bit++) {
      if ((first[bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) != 0) {
        return true;
      }
    }
    return false;
  }
}
