package dev.millrace.embedded.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.RedisCalls;
import dev.millrace.embedded.process.Ports;
import dev.millrace.embedded.redis.EmbeddedRedis.Options;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRedisTest {
  private final Path dataDir;

  EmbeddedRedisTest(@TempDir Path dataDir) {
    this.dataDir = dataDir;
  }

  @Test
  void a_started_server_answers_and_keeps_nothing() throws Exception {
    try (var redis = EmbeddedRedis.start(dataDir)) {
      assertThat(RedisCalls.call(redis, "SET wheel turns")).isEqualTo("+OK");
      assertThat(redis.url())
          .matches("redis://millrace:[A-Za-z0-9_-]{43}@127\\.0\\.0\\.1:" + redis.port());

      redis.restart();

      assertThat(RedisCalls.call(redis, "GET wheel")).isEqualTo("$-1");
    }
  }

  @Test
  void added_lines_of_configuration_are_in_force_and_may_ask_for_persistence() throws Exception {
    var options =
        Options.defaults().withAllCommands().withConfiguration("maxmemory 64mb", "appendonly yes");
    try (var redis = EmbeddedRedis.start(dataDir, options)) {
      RedisCalls.call(redis, "SET wheel turns");

      redis.restart();

      assertThat(RedisCalls.call(redis, "GET wheel")).isEqualTo("turns");
      assertThat(RedisCalls.call(redis, "CONFIG GET maxmemory")).isEqualTo("*2");
    }
  }

  @Test
  void a_killed_server_is_restarted_on_the_same_port() throws Exception {
    try (var redis = EmbeddedRedis.start(dataDir)) {
      int port = redis.port();
      ProcessHandle killed = ProcessHandle.of(redis.pid()).orElseThrow();
      killed.destroyForcibly();
      killed.onExit().join();

      redis.restart();

      assertThat(RedisCalls.call(redis, "PING")).isEqualTo("+PONG");
      assertThat(redis.port()).isEqualTo(port);
    }
  }

  @Test
  void a_wrong_line_of_configuration_is_named_with_the_log() {
    assertThatThrownBy(
            () -> EmbeddedRedis.start(dataDir, Options.defaults().withConfiguration("maxmemry 1")))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("Bad directive")
        .hasMessageContaining("redis.log");
  }

  @Test
  void a_port_in_use_is_one_clear_sentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, Ports.loopback())) {
      var options = Options.defaults().withPort(taken.getLocalPort());

      assertThatThrownBy(() -> EmbeddedRedis.start(dataDir, options))
          .isInstanceOf(EmbeddedServiceException.class)
          .hasMessageStartingWith("Redis cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void a_file_in_the_place_of_the_directory_is_one_clear_sentence() throws Exception {
    Path file = Files.createFile(dataDir.resolve("file"));

    assertThatThrownBy(() -> EmbeddedRedis.start(file))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessage("data directory %s cannot be used: %s is not a directory", file, file);
  }

  @Test
  void a_second_start_on_the_same_directory_is_refused() {
    try (var redis = EmbeddedRedis.start(dataDir)) {
      assertThatThrownBy(() -> EmbeddedRedis.start(dataDir))
          .isInstanceOf(EmbeddedServiceException.class)
          .hasMessageContaining("already runs redis there");
      assertThat(redis.isAlive()).isTrue();
    }
  }
}
