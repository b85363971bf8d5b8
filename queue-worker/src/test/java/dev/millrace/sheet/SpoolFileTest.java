package dev.millrace.sheet;

import static dev.millrace.sheet.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFileTest {
  private static final int SIZE = 1_000_003;

  private Path directory;

  @BeforeEach
  void in(@TempDir Path temporary) {
    directory = temporary;
  }

  @Test
  void all_bytes_come_back_from_every_position() throws IOException {
    byte[] bytes = random();
    try (SpoolFile spool = receive(bytes)) {
      assertThat(spool.size()).isEqualTo(SIZE);
      for (int start : new int[] {0, 1, 65_535, 65_536, SIZE - 1}) {
        try (InputStream in = spool.open(start, SIZE)) {
          assertThat(in.readNBytes(3)).isEqualTo(slice(bytes, start, Math.min(SIZE, start + 3)));
        }
      }
      try (InputStream in = spool.open(10, 20)) {
        assertThat(in.skip(4)).isEqualTo(4);
        assertThat(in.readAllBytes()).isEqualTo(slice(bytes, 14, 20));
        assertThat(in.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void two_streams_read_side_by_side() throws IOException {
    byte[] bytes = random();
    try (SpoolFile spool = receive(bytes);
        InputStream one = spool.open();
        InputStream other = spool.open()) {
      for (int i = 0; i < 100; i++) {
        assertThat(one.read()).isEqualTo(bytes[i] & 0xff).isEqualTo(other.read());
      }
      assertThat(one.readAllBytes()).isEqualTo(slice(bytes, 100, SIZE));
    }
  }

  @Test
  void equal_bytes_have_an_equal_digest() throws IOException {
    try (SpoolFile spool = receive("abc".getBytes(StandardCharsets.US_ASCII))) {
      assertThat(spool.sha256())
          .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
  }

  @Test
  void no_file_has_a_name_while_it_is_received_or_read() throws IOException {
    InputStream observed =
        new FilterInputStream(new ByteArrayInputStream(new byte[] {'x', 'x', 'x'})) {
          @Override
          public int read(byte[] into, int from, int length) throws IOException {
            assertThat(directory).isEmptyDirectory();
            return super.read(into, from, 1);
          }
        };
    try (SpoolFile spool = SpoolFile.receive(observed, 3, "the sheet", directory)) {
      assertThat(directory).isEmptyDirectory();
      assertThat(spool.open().readAllBytes()).isEqualTo(new byte[] {'x', 'x', 'x'});
    }
  }

  @Test
  void the_first_byte_above_the_limit_ends_the_receiving() {
    InputStream endless =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int read(byte[] into, int from, int length) {
            return length;
          }
        };

    assertThat(
            assertFails(
                SheetErrorType.TOO_LARGE,
                () -> SpoolFile.receive(endless, 100, "the sheet", directory)))
        .hasMessage("the sheet has more than 100 bytes");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void a_directory_that_takes_no_file_is_named_as_the_cause() {
    Path missing = directory.resolve("missing");

    assertThat(
            assertFails(
                SheetErrorType.UNREACHABLE,
                () -> SpoolFile.receive(InputStream.nullInputStream(), 100, "the sheet", missing)))
        .hasMessageStartingWith("this machine cannot store the sheet in its temporary directory");
  }

  @Test
  void an_interrupted_thread_neither_receives_nor_reads() throws IOException {
    byte[] bytes = random();
    try (SpoolFile spool = receive(bytes)) {
      Thread.currentThread().interrupt();
      assertFails(SheetErrorType.UNREACHABLE, () -> receive(bytes));
      assertFails(SheetErrorType.UNREACHABLE, () -> spool.open().readAllBytes());
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void a_closed_spool_gives_nothing() throws IOException {
    SpoolFile spool = receive(random());
    spool.close();

    assertThatThrownBy(() -> spool.open().read()).isInstanceOf(IOException.class);
  }

  private SpoolFile receive(byte[] bytes) throws IOException {
    return SpoolFile.receive(new ByteArrayInputStream(bytes), SIZE, "the sheet", directory);
  }

  private static byte[] random() {
    byte[] bytes = new byte[SIZE];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] slice(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }
}
