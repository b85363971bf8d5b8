package dev.millrace.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A client that takes nothing for a while costs a bounded amount, and then its connection. */
class EventStreamTest {
  private static final byte[] TEXT = new byte[1_000];

  private final Client client = new Client();
  private final AtomicInteger cuts = new AtomicInteger();
  private final EventStream stream = new EventStream(client, cuts::incrementAndGet);

  /** Takes what is written when it is ready. */
  private static final class Client extends ServletOutputStream {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private boolean ready = true;
    private int flushes;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException("the test calls it");
    }

    @Override
    public void write(int b) {
      taken.write(b);
    }

    @Override
    public void flush() {
      flushes++;
    }
  }

  @Test
  void what_a_client_does_not_take_is_kept_for_it() {
    stream.send(TEXT);
    assertThat(client.taken.size()).as("before the answer may be written").isZero();
    stream.onWritePossible();
    assertThat(client.taken.size()).isEqualTo(1_000);
    assertThat(client.flushes).isEqualTo(1);

    client.ready = false;
    stream.send(TEXT);
    stream.send(TEXT);
    assertThat(client.taken.size()).isEqualTo(1_000);
    client.ready = true;
    stream.onWritePossible();
    assertThat(client.taken.size()).isEqualTo(3_000);
    stream.end();
    assertThat(stream.over()).isDone();
    assertThat(cuts).hasValue(0);
  }

  @Test
  void a_client_that_does_not_read_is_cut_off() {
    stream.onWritePossible();
    client.ready = false;
    for (int i = 0; i < EventStream.MOST_KEPT / TEXT.length; i++) {
      stream.send(TEXT);
    }
    assertThat(stream.over()).isNotDone();
    stream.send(TEXT);
    assertThat(stream.over()).isDone();
    assertThat(cuts).hasValue(1);
    stream.send(TEXT);
    stream.end();
    assertThat(cuts).hasValue(1);
  }

  @Test
  void a_stream_that_ends_while_its_client_does_not_read_waits_for_nobody() {
    stream.onWritePossible();
    client.ready = false;
    stream.send(TEXT);
    stream.end();
    assertThat(stream.over()).isDone();
    assertThat(cuts).hasValue(1);
  }
}
