package dev.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.embedded.files.TrustedPlace;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.process.Ports;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.embedded.redis.RedisProgram;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what with the services, and with the directory they lie in. */
class RightsTest {
  private final Path dataDir;

  RightsTest(@TempDir Path dataDir) {
    this.dataDir = dataDir;
  }

  @Test
  void postgres_wants_the_password_and_grants_its_database_alone() throws Exception {
    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      String address = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/millrace";
      for (String user : List.of("millrace", "millrace_admin", "postgres")) {
        assertThatThrownBy(() -> DriverManager.getConnection(address, user, "").close())
            .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> DriverManager.getConnection(address, user, "millrace").close())
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("password authentication failed");
      }
      assertThat(
              SqlCalls.value(
                  postgres,
                  "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
                      + " FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
      assertThat(
              SqlCalls.value(
                  postgres, "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'public'"))
          .isEqualTo("millrace_admin");
      assertThat(
              SqlCalls.value(
                  postgres, "SELECT datdba::regrole FROM pg_database WHERE datname = 'millrace'"))
          .isEqualTo("millrace");
      SqlCalls.run(postgres, "CREATE TABLE public.wheel (turns integer)");
      for (String statement :
          List.of(
              "COPY public.wheel FROM PROGRAM 'echo 1'",
              "COPY public.wheel TO PROGRAM 'cat'",
              "COPY public.wheel FROM '/etc/passwd'",
              "SELECT pg_read_file('PG_VERSION')",
              "SELECT rolpassword FROM pg_authid",
              "ALTER SYSTEM SET listen_addresses = '*'",
              "CREATE ROLE stranger SUPERUSER",
              "SET ROLE millrace_admin",
              "CREATE FUNCTION f() RETURNS void LANGUAGE c AS 'x'",
              "ALTER SCHEMA public RENAME TO mine")) {
        assertThatThrownBy(() -> SqlCalls.run(postgres, statement))
            .as(statement)
            .isInstanceOf(SQLException.class)
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("42501");
      }
    }
  }

  @Test
  void a_directory_of_an_earlier_release_is_given_passwords_and_an_owner() throws Exception {
    try (var postgres =
        EmbeddedPostgres.start(dataDir, EmbeddedPostgres.Options.defaults().withSuperuser())) {
      SqlCalls.run(postgres, "CREATE ROLE renamer SUPERUSER LOGIN PASSWORD 'for a moment'");
      String address = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/millrace";
      try (var connection = DriverManager.getConnection(address, "renamer", "for a moment");
          var any = connection.createStatement()) {
        for (String statement :
            List.of(
                "ALTER ROLE millrace RENAME TO before",
                "ALTER ROLE millrace_admin RENAME TO millrace",
                "ALTER DATABASE millrace OWNER TO millrace",
                "ALTER SCHEMA public OWNER TO pg_database_owner",
                "ALTER ROLE millrace PASSWORD NULL",
                "SET ROLE millrace",
                "CREATE SCHEMA mill",
                "CREATE TYPE mill.state AS ENUM ('turns', 'stands')",
                "CREATE DOMAIN mill.speed AS integer CHECK (VALUE >= 0)",
                "CREATE TABLE mill.wheel (id bigint GENERATED ALWAYS AS IDENTITY, s mill.state, v mill.speed)",
                "INSERT INTO mill.wheel (s, v) VALUES ('turns', 7)",
                "CREATE SEQUENCE mill.sack",
                "CREATE VIEW public.turning AS SELECT * FROM mill.wheel",
                "CREATE MATERIALIZED VIEW public.turned AS SELECT * FROM mill.wheel",
                "CREATE FUNCTION mill.f() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text'",
                "CREATE PROCEDURE mill.p() LANGUAGE sql AS 'SELECT 1'",
                "CREATE STATISTICS mill.both ON s, v FROM mill.wheel")) {
          any.execute(statement);
        }
      }
    }
    Files.delete(dataDir.resolve("postgres/millrace.roles"));

    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      assertThat(SqlCalls.value(postgres, "SELECT s || ' ' || v FROM public.turning"))
          .isEqualTo("turns 7");
      assertThat(SqlCalls.value(postgres, "SELECT mill.f()")).isEqualTo("millrace");
      assertThat(
              SqlCalls.value(
                  postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
      for (String catalog :
          List.of(
              "pg_class WHERE relowner",
              "pg_proc WHERE proowner",
              "pg_type WHERE typowner",
              "pg_statistic_ext WHERE stxowner")) {
        assertThat(
                SqlCalls.value(
                    postgres, "SELECT count(*) FROM " + catalog + " = 10 AND oid >= 16384"))
            .as(catalog)
            .isEqualTo("0");
      }
      SqlCalls.run(postgres, "ALTER TABLE mill.wheel ADD COLUMN more text");
      SqlCalls.run(postgres, "REFRESH MATERIALIZED VIEW public.turned");
    }
  }

  @Test
  void redis_wants_the_password_and_grants_nothing_with_the_server() throws Exception {
    try (var redis = EmbeddedRedis.start(dataDir)) {
      try (var socket = new Socket(Ports.loopback(), redis.port())) {
        socket.getOutputStream().write("CONFIG GET dir\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII))
            .isEqualTo("-NOAUTH");
      }
      for (String command :
          List.of(
              "CONFIG SET dir /tmp",
              "CONFIG GET requirepass",
              "MODULE LOAD /tmp/x.so",
              "DEBUG SLEEP 0",
              "REPLICAOF 127.0.0.1 1",
              "SLAVEOF 127.0.0.1 1",
              "SAVE",
              "BGSAVE",
              "BGREWRITEAOF",
              "SHUTDOWN NOSAVE",
              "ACL LIST",
              "MONITOR",
              "FLUSHALL",
              "KEYS *",
              "CLIENT KILL TYPE normal",
              "EVAL \"return redis.call('FLUSHALL')\" 0")) {
        assertThat(RedisCalls.call(redis, command))
            .as(command)
            .matches("-.*(permission|can't run this command).*");
      }
      for (String command :
          List.of(
              "SET a b",
              "EVAL return(1) 0",
              "CLIENT SETNAME x",
              "INFO server",
              "BLPOP a2 0.01",
              "PUBLISH c m")) {
        assertThat(RedisCalls.call(redis, command)).as(command).doesNotStartWith("-NOPERM");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets/postgres",
        "secrets/postgres-admin",
        "secrets/redis",
        "secrets/redis-admin",
        "pgpass",
        "postgres.log",
        "redis.log",
        "postgres.lock"
      })
  void what_is_written_is_for_its_owner_alone(String file) throws Exception {
    try (var postgres = EmbeddedPostgres.start(dataDir);
        var redis = EmbeddedRedis.start(dataDir)) {
      assertThat(postgres.isAlive() && redis.isAlive()).isTrue();
      assertThat(mode(dataDir)).isEqualTo("rwx------");
      assertThat(mode(dataDir.resolve(file))).isEqualTo("rw-------");
      assertThat(mode(dataDir.resolve("postgres"))).isEqualTo("rwx------");
      assertThat(mode(dataDir.resolve("redis"))).isEqualTo("rwx------");
    }
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void a_place_that_others_can_change_is_refused() throws Exception {
    Path open = Files.createDirectory(dataDir.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> TrustedPlace.privateDirectory(open))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("can be written by other accounts");
    assertThatThrownBy(() -> TrustedPlace.privateDirectory(open.resolve("below")))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("lies under " + open);
    assertThat(open.resolve("below")).doesNotExist();
  }

  @Test
  void a_link_and_a_file_that_others_can_write_are_refused() throws Exception {
    Path file = Files.createFile(dataDir.resolve("file"));
    Path link = Files.createSymbolicLink(dataDir.resolve("link"), file);
    assertThatThrownBy(() -> TrustedPlace.checkEntry(link, owner -> false))
        .hasMessageContaining("symbolic link");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> TrustedPlace.checkEntry(file, owner -> false))
        .hasMessageContaining("can be written by other accounts");
    assertThatThrownBy(() -> TrustedPlace.checkSecret(file)).hasMessageContaining("can be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.2.20", "7.2.11", "7.4.6", "8.0.4", "8.2.2", "8.4.0", "9.0.0"})
  void a_redis_at_its_floor_is_sound(String version) {
    assertThat(program(version, false).isSound()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.2.11", "7.0.15", "7.2.10", "7.4.5", "8.0.3", "8.2.1", "5.0.14"})
  void a_redis_below_its_floor_is_not(String version) {
    assertThat(program(version, false).isSound()).isFalse();
  }

  private static RedisProgram program(String version, boolean valkey) {
    return new RedisProgram(
        Path.of("x"),
        List.of(version.split("\\.", -1)).stream().map(Integer::valueOf).toList(),
        valkey);
  }
}
