package dev.millrace.sheet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Classifies an address by the IANA special-purpose registries (RFC 6890 and its updates). An
 * address that embeds an IPv4 address has that one's class: those that translate to the public
 * internet are public, all others are forbidden.
 */
enum PublicAddress {
  /** An address of the public internet. */
  PUBLIC,
  /**
   * An internal address: loopback, private networks, and those between the operator and its
   * provider.
   */
  HOUSE,
  /** The metadata service of a cloud, or an address that no server of sheets can have. */
  NEVER;

  private static final List<Block> HOUSE_4 =
      List.of(
          Block.of("10.0.0.0/8"),
          Block.of("100.64.0.0/10"), // carrier-grade NAT
          Block.of("127.0.0.0/8"),
          Block.of("172.16.0.0/12"),
          Block.of("192.168.0.0/16"));

  private static final List<Block> NEVER_4 =
      List.of(
          Block.of("0.0.0.0/8"), // this network
          Block.of("100.100.100.200/32"), // metadata of Alibaba
          Block.of("168.63.129.16/32"), // the host below a machine of Azure
          Block.of("169.254.0.0/16"), // link-local; metadata of AWS, Azure, Google and others
          Block.of("192.0.0.0/24"), // protocols; metadata of Oracle
          Block.of("192.0.2.0/24"), // documentation
          Block.of("192.31.196.0/24"), // AS112
          Block.of("192.52.193.0/24"), // AMT
          Block.of("192.88.99.0/24"), // 6to4 relays
          Block.of("192.175.48.0/24"), // AS112
          Block.of("198.18.0.0/15"), // benchmarks
          Block.of("198.51.100.0/24"), // documentation
          Block.of("203.0.113.0/24"), // documentation
          Block.of("224.0.0.0/3")); // multicast, reserved, broadcast

  private static final List<Block> HOUSE_6 =
      List.of(Block.of("::1/128"), Block.of("fc00::/7"), Block.of("fe80::/10"));

  private static final List<Block> NEVER_6 =
      List.of(
          Block.of("fd00:ec2::/32"), // metadata of AWS
          Block.of("fd20:ce::/32"), // metadata of Google
          Block.of("fe80::a9fe:a9fe/128"), // metadata of OpenStack
          Block.of("2001::/23"), // protocols: Teredo, benchmarks, ORCHID, AMT, drones
          Block.of("2001:db8::/32"), // documentation
          Block.of("2620:4f:8000::/48"), // AS112
          Block.of("3fff::/20")); // documentation

  /** The only block of IPv6 for public addresses. */
  private static final Block GLOBAL_6 = Block.of("2000::/3");

  /** Blocks of IPv6 that embed an IPv4 address, and the byte at which it begins. */
  private static final List<Carrier> CARRIERS =
      List.of(
          new Carrier(Block.of("64:ff9b::/96"), 12), // NAT64
          new Carrier(Block.of("2002::/16"), 2)); // 6to4

  private record Carrier(Block block, int at) {}

  /** A block of addresses with a common prefix. */
  private record Block(InetAddress address, int bits) {
    static Block of(String text) {
      String[] parts = text.split("/", -1);
      try {
        return new Block(InetAddress.getByName(parts[0]), Integer.parseInt(parts[1]));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("not an address: " + text, e);
      }
    }

    boolean has(byte[] other) {
      byte[] own = address.getAddress();
      if (own.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)) & 0xff;
        if (((own[bit / 8] ^ other[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  static boolean isPublic(InetAddress address) {
    return of(address) == PUBLIC;
  }

  /** The JDK returns IPv4-mapped IPv6 addresses as IPv4 ones. */
  static PublicAddress of(InetAddress address) {
    return of(address.getAddress());
  }

  private static PublicAddress of(byte[] bytes) {
    if (bytes.length == 4) {
      return among(NEVER_4, bytes) ? NEVER : among(HOUSE_4, bytes) ? HOUSE : PUBLIC;
    }
    for (Carrier carrier : CARRIERS) {
      if (carrier.block().has(bytes)) {
        byte[] carried = Arrays.copyOfRange(bytes, carrier.at(), carrier.at() + 4);
        return of(carried) == PUBLIC ? PUBLIC : NEVER;
      }
    }
    if (among(NEVER_6, bytes)) {
      return NEVER;
    }
    return among(HOUSE_6, bytes) ? HOUSE : GLOBAL_6.has(bytes) ? PUBLIC : NEVER;
  }

  private static boolean among(List<Block> blocks, byte[] bytes) {
    return blocks.stream().anyMatch(block -> block.has(bytes));
  }
}
