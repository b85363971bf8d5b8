package dev.millrace.drills.security;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.drills.child.AddressHandler;
import dev.millrace.drills.testbed.TestBed;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Addresses that lead into the house or to the metadata service of a cloud, as a sheet's author may
 * write them. The queue worker's resolver answers from the job and its connections are noted: no
 * packet leaves the machine.
 */
final class HostileAddresses {
  /** Written as they are in the address of a sheet; names among them are answered 127.0.0.1. */
  private static final List<String> HOSTS =
      List.of(
          "127.0.0.1",
          "127.1",
          "127.0.1",
          "2130706433",
          "0x7f000001",
          "0x7f.0.0.1",
          "017700000001",
          "0177.0.0.1",
          "127.0.0.1.",
          "127.000.000.001",
          "localhost",
          "LOCALHOST",
          "localhost.",
          "a.localhost",
          "0",
          "0.0.0.0",
          "10.0.0.1",
          "10.255.255.254",
          "172.16.0.1",
          "172.31.255.254",
          "192.168.0.1",
          "192.168.1.1",
          "100.64.0.1",
          "169.254.169.254",
          "2852039166",
          "0xa9fea9fe",
          "0251.0376.0251.0376",
          "169.254.170.2",
          "100.100.100.200",
          "168.63.129.16",
          "192.0.0.192",
          "metadata.google.internal",
          "metadata",
          "instance-data",
          "192.0.2.1",
          "198.18.0.1",
          "198.51.100.1",
          "203.0.113.1",
          "192.88.99.1",
          "224.0.0.1",
          "255.255.255.255",
          "240.0.0.1",
          "[::1]",
          "[::]",
          "[0:0:0:0:0:0:0:1]",
          "[::ffff:127.0.0.1]",
          "[::ffff:7f00:1]",
          "[::ffff:169.254.169.254]",
          "[::ffff:a9fe:a9fe]",
          "[::127.0.0.1]",
          "[::a9fe:a9fe]",
          "[64:ff9b::7f00:1]",
          "[64:ff9b::a9fe:a9fe]",
          "[64:ff9b:1::a9fe:a9fe]",
          "[2002:7f00:1::]",
          "[2002:a9fe:a9fe::1]",
          "[2001::1]",
          "[fc00::1]",
          "[fd00:ec2::254]",
          "[fd20:ce::254]",
          "[fe80::1]",
          "[fe80::a9fe:a9fe]",
          "[fec0::1]",
          "[ff02::1]",
          "[2001:db8::1]",
          "[2001:2::1]",
          "[3fff::1]",
          "[100::1]",
          "[5f00::1]");

  /** Never, not even for a sheet that is named by a master sheet in the house. */
  private static final List<String> METADATA =
      List.of(
          "169.254.169.254",
          "169.254.170.2",
          "100.100.100.200",
          "168.63.129.16",
          "192.0.0.192",
          "fd00:ec2::254",
          "fd20:ce::254",
          "fe80::a9fe:a9fe",
          "::ffff:169.254.169.254",
          "64:ff9b::a9fe:a9fe",
          "2002:a9fe:a9fe::1",
          "192.88.99.1",
          "3fff::1",
          "2001:2::1");

  /** Whole addresses. */
  private static final List<String> URLS =
      List.of(
          "file:///etc/passwd",
          "file://localhost/etc/passwd",
          "file:/etc/passwd",
          "ftp://127.0.0.1/a.csv",
          "gopher://127.0.0.1:6379/_INFO",
          "jar:http://127.0.0.1/a.jar!/a.csv",
          "ldap://127.0.0.1/a",
          "dict://127.0.0.1:6379/INFO",
          "netdoc:/etc/passwd",
          "data:text/csv,SKU",
          "http:///a.csv",
          "http:127.0.0.1/a.csv",
          "//127.0.0.1/a.csv",
          "http://user:password@127.0.0.1/a.csv",
          "http://1.1.1.1@127.0.0.1/a.csv",
          "http://127.0.0.1#@1.1.1.1/a.csv",
          "http://127.0.0.1?@1.1.1.1/a.csv",
          "http://127.0.0.1:6379/a.csv",
          "https://127.0.0.1:5432/a.csv",
          "HTTP://127.0.0.1/a.csv");

  /** Public when it is asked for first. */
  private static final String OUTSIDE = "1.1.1.1";

  /** What a sheet that is not looked for ends in; a connection is refused by the recorder. */
  private static final Set<String> REFUSALS = Set.of("FORBIDDEN_SOURCE", "not a URL");

  private final TestBed testBed;

  HostileAddresses(TestBed testBed) {
    this.testBed = testBed;
  }

  /** Tries all of them, each as a job of its own. */
  void attack(Attempts attempts) {
    List<Long> jobs = new ArrayList<>();
    HOSTS.forEach(
        host ->
            jobs.add(
                Work.enqueue(
                    testBed,
                    AddressHandler.KIND,
                    of("http://" + host + "/a.csv", "127.0.0.1", false))));
    URLS.forEach(
        url -> jobs.add(Work.enqueue(testBed, AddressHandler.KIND, of(url, "127.0.0.1", false))));
    for (String address : METADATA) {
      jobs.add(
          Work.enqueue(
              testBed, AddressHandler.KIND, of("http://sheets.example/a.csv", address, true)));
    }
    List<Long> rebound = new ArrayList<>();
    for (String address : METADATA) {
      AddressHandler.Payload twice =
          new AddressHandler.Payload(
              "http://sheets.example/a.csv", List.of(OUTSIDE, address), true);
      rebound.add(Work.enqueue(testBed, AddressHandler.KIND, twice));
    }
    jobs.forEach(job -> judge(attempts, job, List.of()));
    rebound.forEach(job -> judge(attempts, job, List.of(OUTSIDE)));
  }

  private static AddressHandler.Payload of(String url, String answer, boolean house) {
    return new AddressHandler.Payload(url, List.of(answer), house);
  }

  private void judge(Attempts attempts, long job, List<String> wanted) {
    JsonNode result = Work.result(testBed, job);
    List<String> connections = new ArrayList<>();
    result.path("connections").forEach(address -> connections.add(address.asText()));
    attempts.expect("addresses of the house that were connected to", wanted, connections);
    attempts.expect(
        "addresses of the house that were connected to",
        true,
        REFUSALS.contains(result.path("outcome").asText()));
  }
}
