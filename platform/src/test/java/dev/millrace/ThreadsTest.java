package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ThreadsTest {
  @Test
  void a_thread_runs_its_task_under_its_name_and_does_not_keep_the_jvm_alive() throws Exception {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    ThreadFactory threads = Threads.named("mill-");
    Thread first = threads.newThread(() -> ran.complete(Thread.currentThread()));
    first.start();
    assertThat(ran.get(10, TimeUnit.SECONDS)).isSameAs(first);
    assertThat(first.getName()).isEqualTo("mill-0");
    assertThat(threads.newThread(() -> {}).getName()).isEqualTo("mill-1");
    assertThat(first.isDaemon()).isTrue();
  }

  @Test
  void a_jvm_that_has_virtual_threads_makes_them() throws Exception {
    Thread thread = Threads.named("mill-").newThread(() -> {});
    assertThat(isVirtual(thread)).isEqualTo(Threads.areVirtual());
  }

  private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
    return Runtime.version().feature() >= 21
        && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
  }
}
