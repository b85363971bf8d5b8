package dev.millrace.sheet;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Whether an address belongs to the public internet, by the IANA special-purpose registries (RFC
 * 6890 and its updates). Addresses that carry an IPv4 address inside are judged by that one.
 */
final class PublicAddress {
  private PublicAddress() {}

  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    return address instanceof Inet4Address v4 ? isPublic4(v4) : isPublic6((Inet6Address) address);
  }

  private static boolean isPublic4(Inet4Address address) {
    byte[] b = address.getAddress();
    int first = b[0] & 0xff;
    int second = b[1] & 0xff;
    int third = b[2] & 0xff;
    return !(first == 0 // this network
        || first >= 240 // reserved, broadcast
        || (first == 100 && second >= 64 && second <= 127) // carrier-grade NAT
        || (first == 192 && second == 0 && (third == 0 || third == 2)) // protocols, documentation
        || (first == 198 && (second == 18 || second == 19)) // benchmarks
        || (first == 198 && second == 51 && third == 100) // documentation
        || (first == 203 && second == 0 && third == 113)); // documentation
  }

  private static boolean isPublic6(Inet6Address address) {
    byte[] b = address.getAddress();
    if (startsWith(b, 0x00, 0x64, 0xff, 0x9b)) { // NAT64
      return isPublic(embedded4(b, 12))
          && startsWith(b, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0);
    }
    if (startsWith(b, 0x20, 0x02)) { // 6to4
      return isPublic(embedded4(b, 2));
    }
    boolean globalUnicast = (b[0] & 0xe0) == 0x20; // 2000::/3
    return globalUnicast
        && !startsWith(b, 0x20, 0x01, 0x00, 0x00) // Teredo
        && !startsWith(b, 0x20, 0x01, 0x0d, 0xb8); // documentation
  }

  private static boolean startsWith(byte[] address, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if ((address[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress embedded4(byte[] address, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(address, from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
