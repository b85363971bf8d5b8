package dev.millrace.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.MillraceException;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.redis.RedisUrl;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.misc.RedisURI;

class AddressTest {
  private static final Map<String, Integer> ANY = Map.of("s", 1);

  private static Address address(String rest) {
    return Address.parse("s://" + rest, ANY);
  }

  @Test
  void every_part_is_decoded_once_and_a_plus_is_a_plus() {
    Address address = address("a%2Bn+a:p%40s%2525+%3A@my_host.example:7/x%20a+b%25?n+1=v%26%2B+w");
    assertThat(address.user()).contains("a+n+a");
    assertThat(address.password()).contains("p@s%25+:");
    assertThat(address.hosts()).containsExactly(new Host("my_host.example", 7));
    assertThat(address.path()).isEqualTo("x a+b%");
    assertThat(address.options()).containsExactly(Map.entry("n+1", "v&++w"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          my_db         | my_db:1
          MY-db.        | MY-db.:1
          h:            | h:1
          [::1]:9       | [::1]:9
          [fe80::1%25e0]| [fe80::1%25e0]:1
          bücher.example| xn--bcher-kva.example:1
          b%C3%BCcher   | xn--bcher-kva:1
          10.0.0.1:65535| 10.0.0.1:65535
          """)
  void a_host_is_read_as_it_is_written(String text, String host) {
    assertThat(address(text).hosts()).extracting(Host::toString).containsExactly(host);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          u:hid@den@h/d        | more than one '@' before the path: in a user or password it is written %40
          u:hid/den@h/d        | in a user or password they are written %2F, %3F, %23
          u:hid@den/x@h/d      | in a user or password they are written %2F, %3F, %23
          u:hid#den@h/d        | in a user or password they are written %2F, %3F, %23
          u:hid?den@h/d        | in a user or password they are written %2F, %3F, %23
          u:hidden%@h/d        | the password holds a '%' without two hexadecimal digits: a '%' is written %25
          u:hidden%FF@h/d      | the escapes of the password are not UTF-8
          u:hidden%00@h/d      | the password holds a zero byte
          u:hidden@/d          | a host is missing
          u:hidden@h,,i/d      | a host is missing
          u:hidden@h:0/d       | the port after the host must be a number from 1 to 65535
          u:hidden@h:x/d       | the port after the host must be a number from 1 to 65535
          u:hidden@::1/d       | an IPv6 address is written in brackets
          u:hidden@[::1/d      | lacks the ']'
          u:hidden@[1.2.3.4]/d | is not an IPv6 address
          u:hidden@[::1]x/d    | the port after the host must be a number from 1 to 65535
          u:hidden@a b/d       | the host must be letters, digits
          u:hidden@%2Frun/d    | a Unix socket cannot be used
          u:hidden@h/d?x       | each option is name=value
          """)
  void what_is_wrong_is_said_without_the_secret(String rest, String sentence) {
    assertThatThrownBy(() -> firstHost(rest))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(sentence)
        .hasMessageNotContaining("hid")
        .hasMessageNotContaining("den");
  }

  /** An address without a host is accepted here; the code that needs a host refuses it. */
  private static Host firstHost(String rest) {
    Address address = address(rest);
    if (address.hosts().isEmpty()) {
      throw new MillraceException("a host is missing");
    }
    return address.hosts().get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          postgresql://my_db/x            | jdbc:postgresql://my_db:5432/x
          postgres://h/case%20a%2Bb       | jdbc:postgresql://h:5432/case+a%2Bb
          postgresql://h/a+b              | jdbc:postgresql://h:5432/a%2Bb
          postgresql://h/50%25            | jdbc:postgresql://h:5432/50%25
          postgresql://a:1,[::1]/x        | jdbc:postgresql://a:1,[::1]:5432/x
          postgresql://h/x?sslmode=verify-full&sslrootcert=/a+b.crt | jdbc:postgresql://h:5432/x?sslmode=verify-full&sslrootcert=%2Fa%2Bb.crt
          postgresql://h/x?options=-c%20search_path%3Da | jdbc:postgresql://h:5432/x?options=-c+search_path%3Da
          postgresql://a,b/x?target_session_attrs=read-write&connect_timeout=3 | jdbc:postgresql://a:5432,b:5432/x?targetServerType=primary&connectTimeout=3
          """)
  void a_database_is_named_to_the_driver_as_libpq_reads_it(String url, String jdbc) {
    assertThat(DatabaseUrl.parse(url).jdbc()).isEqualTo(jdbc);
  }

  @Test
  void a_user_and_password_among_the_options_are_not_shown() {
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://h/x?user=anna&password=hidden%2B&sslpassword=hid");
    assertThat(url.user()).contains("anna");
    assertThat(url.password()).contains("hidden+");
    assertThat(url.toString()).isEqualTo("jdbc:postgresql://h:5432/x?sslpassword=***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"postgresql:///x", "postgresql://h", "postgresql://h/", "postgresql://h/x?port=1"})
  void a_database_address_names_host_and_database_in_their_places(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("expected postgresql://user:password@host:port/database");
  }

  @Test
  void redis_takes_every_form_and_any_database_number() {
    RedisUrl single = RedisUrl.parse("rediss://:p%2Bw@my_redis/16");
    assertThat(single.tls()).isTrue();
    assertThat(single.user()).isEmpty();
    assertThat(single.password()).contains("p+w");
    assertThat(single.nodes()).containsExactly(new Host("my_redis", 6379));
    assertThat(single.db()).isEqualTo(16);

    RedisUrl sentinel = RedisUrl.parse("redis-sentinel://a,[::2]:1/my%20master/999");
    assertThat(sentinel.nodes()).containsExactly(new Host("a", 26_379), new Host("::2", 1));
    assertThat(sentinel.master()).isEqualTo(Optional.of("my master"));
    assertThat(sentinel.db()).isEqualTo(999);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          redis://h/-1          | the database must be a number from 0
          redis://h/x           | the database must be a number from 0
          redis://h/1/2         | more than a database's number
          redis-cluster://h/1   | the database must be a number from 0 to 0
          redis://h?db=1        | takes no options
          redis://a,b           | names one server
          redis-sentinel://a    | needs the master's name
          """)
  void a_redis_address_that_means_nothing_is_refused(String url, String sentence) {
    assertThatThrownBy(() -> RedisUrl.parse(url))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void the_client_of_the_locks_reads_the_same_hosts() {
    for (Host host : List.of(new Host("my_redis", 6379), new Host("::1", 7), new Host("a", 1))) {
      RedisURI theirs = new RedisURI("redis://" + host);
      assertThat(theirs.getHost().replaceAll("^\\[|]$", "")).isEqualTo(host.name());
      assertThat(theirs.getPort()).isEqualTo(host.port());
    }
  }

  @Test
  void a_web_address_keeps_its_path_and_has_its_host_in_ascii() {
    assertThat(Address.web("https://bücher.example:8/a%20b?x=1+2#f", Set.of("https")))
        .isEqualTo(URI.create("https://xn--bcher-kva.example:8/a%20b?x=1+2#f"));
    assertThat(Address.web("http://[::1]/x", Set.of("http")))
        .isEqualTo(URI.create("http://[::1]/x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ftp://h/x          | must be a URL (http, https)
          http:h             | with '//' and a host
          http://a,b/x       | with one host
          http://my_host/x   | whose host a web client takes
          http://h/a b       | must be a URL (http, https)
          http://u:p@ss@h/   | written %40
          """)
  void a_web_address_that_cannot_be_called_is_refused(String url, String sentence) {
    assertThatThrownBy(() -> Address.web(url, Set.of("http", "https")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(sentence);
  }
}
