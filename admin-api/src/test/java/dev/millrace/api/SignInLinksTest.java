package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.AccountsFixture.SignedIn;
import dev.millrace.api.ApiFixture.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Links that sign a user in once. */
class SignInLinksTest {
  private static final String LOGIN = "/api/admin/login";
  private static final String ME = "/api/admin/me";

  private final AccountsFixture accounts = new AccountsFixture();
  private final ApiFixture api = accounts.api;

  @AfterEach
  void close() {
    accounts.close();
  }

  private String link(String user) {
    Answer made = api.post("/api/admin/users/" + user + "/link", null);
    assertThat(made.status()).as(made.response().body()).isEqualTo(201);
    return made.json().path("link").asText();
  }

  private Answer use(String link) {
    return api.send(AccountsFixture.post(accounts.bare(LOGIN), "{\"link\": \"" + link + "\"}"));
  }

  @Test
  void the_first_link_makes_an_admin_without_a_password() {
    SignedIn admin = SignedIn.of(accounts, use(link("admin")));
    assertThat(admin.get(ME).json().path("name").asText()).isEqualTo("admin");
    assertThat(admin.get(ME).json().path("role").asText()).isEqualTo("admin");
    assertThat(admin.post("/api/admin/users/admin/link", "").status()).isEqualTo(201);
    assertThat(accounts.login("admin", "admin").status()).isEqualTo(401);
    assertThat(accounts.audit("?action=session.begin&outcome=allowed").path(0).path("who").asText())
        .isEqualTo("admin");
  }

  @Test
  void a_link_of_a_user_has_its_role() {
    accounts.user("ada", "viewer");
    SignedIn ada = SignedIn.of(accounts, use(link("ada")));
    assertThat(ada.get(ME).json().path("role").asText()).isEqualTo("viewer");
    assertThat(ada.get("/api/admin/users").status()).isEqualTo(403);
  }

  @Test
  void of_many_uses_at_once_one_signs_in() {
    String link = link("admin");
    List<CompletableFuture<Integer>> uses =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> use(link).status()))
            .limit(8)
            .toList();
    assertThat(uses.stream().map(CompletableFuture::join)).containsOnlyOnce(200).contains(401);
    assertThat(use(link).json().path("code").asText()).isEqualTo("wrong_credentials");
  }

  @Test
  void a_read_or_a_wrong_body_does_not_use_a_link_up() {
    String link = link("admin");
    assertThat(api.send(accounts.bare(LOGIN + "?link=" + link)).status()).isEqualTo(405);
    Answer both =
        api.send(
            AccountsFixture.post(
                accounts.bare(LOGIN), "{\"link\": \"" + link + "\", \"name\": \"admin\"}"));
    assertThat(both.status()).isEqualTo(422);
    assertThat(
            api.send(
                    AccountsFixture.post(
                        accounts.bare(LOGIN).header("Origin", "https://evil.example"),
                        "{\"link\": \"" + link + "\"}"))
                .status())
        .isEqualTo(403);
    assertThat(use(link).status()).isEqualTo(200);
  }

  @Test
  void a_link_ends_with_its_time_its_users_password_and_its_user() {
    String late = link("admin");
    api.sql("UPDATE millrace.sign_in_links SET expires_at = clock_timestamp()");
    assertThat(use(late).status()).isEqualTo(401);
    accounts.user("changed", "viewer");
    String old = link("changed");
    assertThat(
            api.post(
                    "/api/admin/users/changed/password",
                    "{\"password\": \"another long password\"}")
                .status())
        .isEqualTo(200);
    assertThat(use(old).status()).isEqualTo(401);
    accounts.user("disabled", "viewer");
    String dead = link("disabled");
    assertThat(api.post("/api/admin/users/disabled/disable", null).status()).isEqualTo(200);
    assertThat(use(dead).status()).isEqualTo(401);
    assertThat(api.post("/api/admin/users/disabled/link", null).status()).isEqualTo(404);
  }

  @Test
  void only_the_hash_of_a_link_is_stored() {
    String link = link("admin");
    assertThat(use(link).status()).isEqualTo(200);
    String other = link("admin");
    assertThat(use("x".repeat(43)).status()).isEqualTo(401);
    String rows =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "SELECT (SELECT string_agg(l::text, '') FROM millrace.sign_in_links l)"
                            + " || (SELECT string_agg(a::text, '') FROM millrace.audit a)")
                    .mapTo(String.class)
                    .one());
    assertThat(rows).contains("user.link").doesNotContain(link, other);
  }
}
