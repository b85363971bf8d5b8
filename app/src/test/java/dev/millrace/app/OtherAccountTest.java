package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Another account of the host at the doors of {@code millrace up} with its embedded services. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherAccountTest {
  private static final List<String> SECRETS =
      List.of(
          "admin-key",
          "secrets/postgres",
          "secrets/postgres-admin",
          "secrets/redis",
          "secrets/redis-admin");

  private Path parent;
  private Path dataDir;
  private MillraceProcess millrace;
  private String api;
  private String postgres;
  private String redis;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    OtherAccount.assumeItCanBeHad();
    parent = directory;
    // so that it is the data directory that keeps others out, not the place it lies in
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
    dataDir = parent.resolve("data");
    Path output = Files.createDirectory(parent.resolve("output"));
    millrace =
        MillraceProcess.start(
            output, Map.of("MILLRACE_PORT", "0"), "up", "--data", dataDir.toString());
    millrace.awaitError("millrace scheduler+worker+api started");
    api = found(millrace.err(), "API answers at (http://127\\.0\\.0\\.1:\\d+)");
    postgres =
        found(
            Files.readString(dataDir.resolve("postgres/postgresql.conf")), "(?m)^port = '?(\\d+)");
    redis = found(millrace.err(), "(?i)redis.*?127\\.0\\.0\\.1:(\\d+)");
    assertThat(OtherAccount.says("id -u; ls " + parent)).startsWith("65534\n").contains("data");
  }

  @AfterAll
  void stop() throws Exception {
    if (millrace != null) {
      millrace.terminate();
      assertThat(millrace.exitCode()).isZero();
    }
  }

  private static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return matcher.group(1);
  }

  private List<String> everything() throws IOException {
    try (Stream<Path> all = Files.walk(dataDir)) {
      return all.map(Path::toString).toList();
    }
  }

  private static String[] withArguments(List<String> arguments) {
    return arguments.toArray(String[]::new);
  }

  @Test
  void nothing_below_the_data_directory_is_read_written_or_replaced() throws Exception {
    List<String> all = everything();
    assertThat(all).hasSizeGreaterThan(100);
    for (String secret : SECRETS) {
      assertThat(all).contains(dataDir.resolve(secret).toString());
    }
    assertThat(all)
        .contains(dataDir + "/pgpass", dataDir + "/postgres.log", dataDir + "/redis.log");
    assertThat(
            OtherAccount.says(
                """
                for f in "$@"; do
                  test -e "$f" && echo "seen $f"
                  test -r "$f" && echo "read $f"
                  test -w "$f" && echo "written $f"
                  cat "$f" 2>/dev/null | head -c 1 | grep -q . && echo "read $f"
                  (echo x >> "$f") 2>/dev/null && echo "written $f"
                  ln -sfn /etc/passwd "$f" 2>/dev/null && echo "replaced $f"
                  rm -rf "$f" 2>/dev/null; mv "$f" "$f.moved" 2>/dev/null && echo "moved $f"
                done
                """,
                withArguments(all.subList(1, all.size()))))
        .isEmpty();
    assertThat(everything()).containsAll(all.stream().filter(f -> f.contains("secret")).toList());
  }

  @Test
  void no_plugin_is_put_where_it_would_be_run() throws Exception {
    Files.createDirectories(dataDir.resolve("plugins"));
    assertThat(
            OtherAccount.says(
                """
                cd "$1" 2>/dev/null && echo entered
                mkdir -p "$1/plugins" 2>/dev/null && echo made
                echo x 2>/dev/null > "$1/plugins/a.jar" && echo written
                ln -s /tmp/a.jar "$1/plugins/b.jar" 2>/dev/null && echo linked
                rmdir "$1/plugins" 2>/dev/null && echo removed
                mv "$1/plugins" "$1/x" 2>/dev/null && echo moved
                mv "$1" "$1.x" 2>/dev/null && echo moved
                ln -sfn /tmp "$1" 2>/dev/null && echo replaced
                chmod 777 "$1" 2>/dev/null && echo opened
                """,
                dataDir.toString()))
        .isEmpty();
    assertThat(dataDir.resolve("plugins")).isEmptyDirectory();
  }

  @Test
  void no_secret_is_read_from_the_processes_or_from_what_they_left_elsewhere() throws Exception {
    List<String> pids = millrace.processes().stream().map(one -> Long.toString(one.pid())).toList();
    assertThat(pids).hasSizeGreaterThan(5);
    String shown =
        OtherAccount.says(
            """
            for p in "$@"; do
              for f in cmdline environ maps mem auxv stack io comm status; do cat /proc/$p/$f 2>/dev/null | tr '\\0' '\\n'; done
              ls -l /proc/$p/fd /proc/$p/cwd /proc/$p/root /proc/$p/map_files 2>/dev/null
              cat /proc/$p/fd/* 2>/dev/null | head -c 1000000
            done
            cat /proc/[0-9]*/cmdline /proc/net/unix 2>/dev/null | tr '\\0' '\\n'
            find /tmp /var/tmp /dev/shm /run /var/cache/millrace -type f -readable -mmin -60 -size -2000k -exec cat {} + 2>/dev/null | head -c 100000000
            """,
            withArguments(pids));
    assertThat(shown).as("the script has looked at them").contains(dataDir.toString());
    for (String secret : SECRETS) {
      String text = Files.readString(dataDir.resolve(secret)).strip();
      assertThat(text).hasSizeGreaterThan(15);
      assertThat(shown.contains(text)).as("%s can be read", secret).isFalse();
    }
    assertThat(
            OtherAccount.says(
                "for p in \"$@\"; do cat /proc/$p/environ 2>/dev/null; for s in 0 STOP TERM KILL; do kill -$s $p 2>/dev/null && echo signalled $p; done; done",
                withArguments(pids)))
        .isEmpty();
  }

  @Test
  void no_socket_of_the_services_is_reached_by_its_path() throws Exception {
    String sockets = OtherAccount.says("cat /proc/net/unix");
    List<String> ours = new ArrayList<>();
    for (String line : sockets.lines().toList()) {
      String path = line.replaceFirst(".*\\s", "");
      if (path.contains(dataDir.toString()) || path.contains(postgres) || path.contains(redis)) {
        ours.add(path);
      }
    }
    for (String path : ours) {
      assertThat(path).as("an abstract socket is open to everybody").doesNotStartWith("@");
      assertThat(
              OtherAccount.says("test -e \"$1\" && echo seen; test -w \"$1\" && echo open", path))
          .as(path)
          .isEmpty();
    }
  }

  @Test
  void postgres_refuses_a_login_without_the_right_password() throws Exception {
    String shown = OtherAccount.says("cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'");
    List<String> guesses =
        Stream.concat(
                Stream.of(
                    "", "x", "postgres", "millrace", "millrace_admin", "password", postgres, api),
                shown
                    .lines()
                    .flatMap(line -> Stream.of(line.split("[\\s=:/@,]+", -1)))
                    .filter(word -> word.length() > 15)
                    .distinct()
                    .limit(12))
            .toList();
    for (String database : List.of("millrace", "postgres")) {
      String url = "jdbc:postgresql://127.0.0.1:" + postgres + "/" + database + "?sslmode=disable";
      for (String role : List.of("millrace", "millrace_admin", "postgres")) {
        for (String guess : database.equals("millrace") ? guesses : guesses.subList(0, 2)) {
          assertThatThrownBy(() -> DriverManager.getConnection(url, role, guess).close())
              .as("%s with '%s'", role, guess)
              .isInstanceOf(SQLException.class);
        }
      }
    }
    String password = Files.readString(dataDir.resolve("secrets/postgres")).strip();
    DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + postgres + "/millrace", "millrace", password)
        .close();
  }

  @Test
  void redis_answers_nothing_before_the_right_password() throws Exception {
    String script =
        "exec 3<>/dev/tcp/127.0.0.1/$1 && printf '%s\\r\\n' \"$2\" >&3 && timeout 20 head -n 1 <&3";
    for (String command :
        List.of(
            "PING",
            "GET a",
            "KEYS *",
            "INFO",
            "CONFIG GET *",
            "CONFIG SET dir /tmp",
            "ACL LIST",
            "ACL WHOAMI",
            "MODULE LOAD /tmp/a.so",
            "DEBUG SLEEP 0",
            "REPLICAOF 127.0.0.1 1",
            "SLAVEOF NO ONE",
            "SAVE",
            "BGREWRITEAOF",
            "SHUTDOWN",
            "FLUSHALL",
            "EVAL return(1) 0",
            "SUBSCRIBE a",
            "MONITOR",
            "CLIENT LIST",
            "PSYNC ? -1")) {
      assertThat(OtherAccount.says(script, redis, command)).as(command).startsWith("-NOAUTH");
    }
    for (String login :
        List.of(
            "AUTH x",
            "AUTH default x",
            "AUTH default \"\"",
            "AUTH millrace x",
            "AUTH millrace \"\"",
            "AUTH admin admin",
            "HELLO 3 AUTH default x",
            "HELLO 3 AUTH millrace millrace")) {
      assertThat(OtherAccount.says(script, redis, login)).as(login).startsWith("-");
    }
    assertThat(OtherAccount.says(script, redis, "AUTH millrace " + secret("redis")))
        .startsWith("+OK");
    String both =
        "exec 3<>/dev/tcp/127.0.0.1/$1 && printf '%s\\r\\n%s\\r\\n' \"$2\" \"$3\" >&3 && timeout 20 head -n 2 <&3";
    for (String command :
        List.of("CONFIG SET dir /tmp", "MODULE LOAD /tmp/a.so", "SAVE", "DEBUG SLEEP 0")) {
      assertThat(OtherAccount.says(both, redis, "AUTH millrace " + secret("redis"), command))
          .as("%s, by one who has the password of Millrace", command)
          .contains("+OK")
          .contains("-NOPERM");
    }
  }

  private String secret(String name) throws IOException {
    return Files.readString(dataDir.resolve("secrets").resolve(name)).strip();
  }

  @Test
  void the_api_returns_no_data_without_the_key() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (String call :
        List.of(
            "GET /api/admin/status",
            "GET /api/admin/jobs",
            "HEAD /api/admin/jobs",
            "POST /api/admin/jobs",
            "PUT /api/admin/workers/master-sync",
            "DELETE /api/admin/pauses/default",
            "GET /api/admin/nothing",
            "GET /api/admin/jobs?key=x&api_key=x",
            "GET /api//admin/jobs",
            "GET /API/admin/jobs",
            "GET /api/admin/jobs;a=b",
            "GET /api/admin/%6aobs")) {
      String[] parts = call.split(" ", -1);
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(api + parts[1]))
                  .header("X-Forwarded-For", "127.0.0.1")
                  .header("X-Real-IP", "127.0.0.1")
                  .header("Cookie", "key=x")
                  .method(parts[0], BodyPublishers.noBody())
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(call).isIn(400, 401, 404, 405, 429);
      assertThat(answer.body()).doesNotContain("as_of", "worker_name", "next_cursor");
    }
    assertThat(
            OtherAccount.says(
                "exec 3<>/dev/tcp/127.0.0.1/$1; printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3; timeout 20 cat <&3",
                api.replaceFirst(".*:", "")))
        .contains(" 200 ")
        .doesNotContain(dataDir.toString());
  }

  @Test
  void a_place_that_it_prepared_is_refused_in_one_sentence() throws Exception {
    Path open = Files.createDirectory(parent.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(
            OtherAccount.says(
                """
                cd "$1" && mkdir -p -m 755 whole/plugins entries below && echo key-of-the-other-account > whole/admin-key
                ln -s "$1/whole" link && chmod 700 entries && echo done
                """,
                open.toString()))
        .isEqualTo("done");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    refused(open.resolve("whole"), "belongs to the account 65534");
    refused(open.resolve("link"), "belongs to the account 65534");
    refused(open.resolve("below/data"), "lies under " + open.resolve("below"));
    for (String entry : List.of("admin-key", "plugins", "secrets")) {
      Path own = Files.createDirectory(open.resolve("own-" + entry));
      Path prepared = own.resolve(entry);
      Files.writeString(prepared, "prepared\n");
      Files.setAttribute(prepared, "unix:uid", OtherAccount.UID);
      refused(own, prepared + " is not used: it belongs to the account 65534");
      assertThat(own.resolve("postgres")).as("nothing was started").doesNotExist();
    }
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    refused(open.resolve("new"), "can be written by other accounts");
  }

  private void refused(Path data, String sentence) throws Exception {
    try (MillraceProcess child =
        MillraceProcess.start(
            parent.resolve("output"), Map.of("MILLRACE_PORT", "0"), "up", "--data", "" + data)) {
      assertThat(child.exitCode()).as(child.err()).isEqualTo(2);
      assertThat(child.err()).contains(sentence).doesNotContain("Exception", "\tat ");
    }
  }

  @Test
  void programs_that_it_prepared_are_not_run() throws Exception {
    Path cache = Files.createDirectories(parent.resolve("cache/millrace"));
    Files.setAttribute(cache, "unix:uid", OtherAccount.UID);
    Path data = parent.resolve("with-cache");
    try (MillraceProcess child =
        MillraceProcess.start(
            parent.resolve("output"),
            Map.of("MILLRACE_PORT", "0", "XDG_CACHE_HOME", parent.resolve("cache").toString()),
            "up",
            "--data",
            data.toString())) {
      child.awaitError("millrace scheduler+worker+api started");
      assertThat(child.err())
          .contains(cache + " is not used for programs: other accounts can change it");
      assertThat(cache).isEmptyDirectory();
      child.terminate();
      assertThat(child.exitCode()).isZero();
    }
  }
}
