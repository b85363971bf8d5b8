package dev.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.MillraceException;
import dev.millrace.api.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the keys of an issuer are read, and how long they hold. */
class OidcKeysTest {
  private final LocalIssuer issuer = new LocalIssuer();
  private final AtomicLong now = new AtomicLong(1_000_000_000_000L);
  private final OidcKeys keys = new OidcKeys(issuer.address(), now::get);

  @AfterEach
  void close() {
    issuer.close();
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void keys_are_read_at_the_first_token_and_then_every_ten_minutes() {
    assertThat(issuer.reads()).isZero();
    for (int i = 0; i < 5; i++) {
      assertThat(keys.find("one")).isPresent();
    }
    assertThat(issuer.reads()).isOne();
    pass(OidcKeys.FRESH);
    assertThat(keys.find("one")).isPresent();
    assertThat(issuer.reads()).isEqualTo(2);
  }

  @Test
  void a_key_that_is_not_known_is_looked_for_at_once_but_not_over_and_over() {
    assertThat(keys.find("one")).isPresent();
    issuer.rotate("two");
    for (int i = 0; i < 100; i++) {
      assertThat(keys.find("forged-" + i)).isEmpty();
    }
    assertThat(issuer.reads()).isOne();
    pass(OidcKeys.PAUSE);
    assertThat(keys.find("two")).isPresent();
    assertThat(issuer.reads()).isEqualTo(2);
    assertThat(keys.find("one")).as("the issuer has taken it back").isEmpty();
    assertThat(keys.find("short")).as("1024 bits").isEmpty();
  }

  @Test
  void keys_go_on_for_an_hour_while_the_issuer_is_away_and_no_longer() {
    assertThat(keys.find("one")).isPresent();
    issuer.goAway();
    pass(OidcKeys.KNOWN.minusSeconds(1));
    assertThat(keys.find("one")).isPresent();
    pass(OidcKeys.PAUSE);
    assertThatThrownBy(() -> keys.find("one"))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().code()).isEqualTo("issuer_away"));
  }

  @Test
  void a_key_set_that_is_too_large_is_not_read() {
    issuer.grow();
    assertThatThrownBy(() -> keys.find("one")).isInstanceOf(ProblemException.class);
  }

  @Test
  void a_document_of_another_issuer_is_not_taken() {
    OidcKeys other = new OidcKeys(issuer.address() + "/", now::get);
    assertThatThrownBy(() -> other.find("one")).isInstanceOf(ProblemException.class);
  }

  @Test
  void an_address_that_others_could_change_on_the_way_is_refused() {
    assertThat(OidcRules.address("https://id.example.org/keys").getHost())
        .isEqualTo("id.example.org");
    for (String address :
        new String[] {"http://id.example.org/keys", "file:///etc/passwd", "ftp://a/b", ""}) {
      assertThatThrownBy(() -> OidcRules.address(address))
          .as(address)
          .isInstanceOf(MillraceException.class);
    }
  }
}
