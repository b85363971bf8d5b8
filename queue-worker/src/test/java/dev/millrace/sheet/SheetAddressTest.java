package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are connected to. Names and connections end in the test: nothing is sent. */
class SheetAddressTest {
  private static final SourcePolicy FROM_OUTSIDE =
      new SourcePolicy(Set.of("http", "https"), false, List.of());
  private static final SourcePolicy FROM_THE_HOUSE =
      new SourcePolicy(Set.of("http", "https"), true, List.of());
  private static final String HOST = "sheets.example";

  private final Recorder network = new Recorder();

  /** Returns the addresses in turn, then always the last one; refuses connections. */
  private static final class Recorder implements Network {
    private final Deque<List<String>> answers = new ArrayDeque<>();
    private final List<String> connections = new ArrayList<>();

    Recorder answers(String... addresses) {
      answers.add(List.of(addresses));
      return this;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      boolean literal = host.matches("[\\d.]+|\\[?[\\da-fA-F:.]*:[\\da-fA-F:.]*]?|0x[\\da-f]+");
      if (literal) {
        return InetAddress.getAllByName(host);
      }
      List<String> told = answers.size() > 1 ? answers.remove() : answers.element();
      InetAddress[] addresses = new InetAddress[told.size()];
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = InetAddress.getByName(told.get(i));
      }
      return addresses;
    }

    @Override
    public void connect(InetSocketAddress to, Connect connect) throws IOException {
      connections.add(to.getAddress().getHostAddress());
      throw new ConnectException("recorded");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // metadata services
        "169.254.169.254",
        "169.254.170.2",
        "169.254.169.253",
        "169.254.0.23",
        "192.0.0.192",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd00:ec2::253",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fe80::a9fe:a9fe",
        // embedded in others
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "::169.254.169.254",
        "::a9fe:a9fe",
        "64:ff9b::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:1::169.254.169.254",
        "2002:a9fe:a9fe::",
        "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::5601:5601",
        "2001::1",
        "::ffff:0:169.254.169.254",
        // translated to internal addresses
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::c0a8:101",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2002:c0a8:101::",
        "::127.0.0.1",
        "::7f00:1",
        "::10.0.0.1",
        // the registries
        "0.0.0.0",
        "0.1.2.3",
        "169.254.1.1",
        "192.0.0.8",
        "192.0.0.170",
        "192.0.2.1",
        "192.31.196.1",
        "192.52.193.1",
        "192.88.99.1",
        "192.88.99.2",
        "192.175.48.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "100::1",
        "100:0:0:1::1",
        "2001:1::1",
        "2001:2::1",
        "2001:2:0:1::1",
        "2001:3::1",
        "2001:4:112::1",
        "2001:10::1",
        "2001:20::1",
        "2001:30::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        "2620:4f:8000::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "5f00::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "4000::1",
        "64:ff9b:0:1::1"
      })
  void some_addresses_are_never_connected_to(String address) {
    network.answers(address);

    assertRefused(FROM_OUTSIDE);
    assertRefused(FROM_THE_HOUSE);
    network.answers.clear();
    network.answers("1.1.1.1", address);
    assertRefused(FROM_OUTSIDE);
    assertRefused(FROM_THE_HOUSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
        "192.168.0.1", "192.168.255.255", "100.64.0.1", "100.127.255.255", "::1", "fc00::1",
        "fd12:3456::1", "fd00:ec3::254", "fe80::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"
      })
  void internal_addresses_are_open_to_internal_master_sheets_only(String address) {
    network.answers(address);

    assertRefused(FROM_OUTSIDE);
    assertConnects(FROM_THE_HOUSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.1",
        "169.253.255.255",
        "169.255.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "192.88.98.1",
        "192.88.100.1",
        "192.167.1.1",
        "198.17.1.1",
        "198.20.0.1",
        "203.0.112.1",
        "223.255.255.255",
        "2001:4860:4860::8888",
        "2001:200::1",
        "2606:4700::1111",
        "2a00::1",
        "3ffe::1",
        "3fff:1000::1",
        "64:ff9b::808:808",
        "2002:808:808::",
        "::ffff:8.8.8.8"
      })
  void other_addresses_are_public(String address) {
    network.answers(address);

    assertConnects(FROM_OUTSIDE);
    assertConnects(FROM_THE_HOUSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "2852039166",
        "169.16689662",
        "169.254.43518",
        "0.0.0.0",
        "[::]"
      })
  void an_address_in_the_url_is_checked_like_a_name(String host) {
    try (SheetSources sources = SheetSources.of(FROM_THE_HOUSE, SheetLimits.DEFAULT, network)) {
      assertFails(
          SheetErrorType.FORBIDDEN_SOURCE,
          () -> SheetTable.fetch(sources, URI.create("http://" + host + "/latest/meta-data")));
    }
    assertThat(network.connections).isEmpty();
  }

  @Test
  void the_policy_is_checked_for_each_connection() {
    network.answers("1.1.1.1").answers("169.254.169.254");
    try (SheetSources sources = SheetSources.of(FROM_OUTSIDE, SheetLimits.DEFAULT, network)) {
      URI url = URI.create("http://" + HOST + "/a.csv");
      assertFails(SheetErrorType.UNREACHABLE, () -> SheetTable.fetch(sources, url));
      assertFails(SheetErrorType.FORBIDDEN_SOURCE, () -> SheetTable.fetch(sources, url));
    }
    assertThat(network.connections).containsExactly("1.1.1.1");
  }

  @Test
  void a_master_sheet_is_internal_only_if_all_its_addresses_are() {
    URI master = URI.create("http://" + HOST + "/master.csv");
    network.answers("10.0.0.1").answers("10.0.0.1", "1.1.1.1").answers("169.254.169.254");

    assertThat(SourcePolicy.trusting(master, network).allowPrivateHosts()).isTrue();
    assertThat(SourcePolicy.trusting(master, network).allowPrivateHosts()).isFalse();
    assertThat(SourcePolicy.trusting(master, network).allowPrivateHosts()).isFalse();
  }

  private void assertRefused(SourcePolicy policy) {
    network.connections.clear();
    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT, network)) {
      assertFails(
          SheetErrorType.FORBIDDEN_SOURCE,
          () -> SheetTable.fetch(sources, URI.create("http://" + HOST + "/a.csv")));
    }
    assertThat(network.connections).isEmpty();
  }

  private void assertConnects(SourcePolicy policy) {
    network.connections.clear();
    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT, network)) {
      assertFails(
          SheetErrorType.UNREACHABLE,
          () -> SheetTable.fetch(sources, URI.create("http://" + HOST + "/a.csv")));
    }
    assertThat(network.connections).hasSize(1);
  }
}
