package latencyscope.truth.account;

import java.io.IOException;
import java.util.Map;

/**
 * Waits of a process's threads for the kernel's mutexes and semaphores, by a script of bpftrace.
 * Spinlocks are left out: it cannot tell those of interrupts.
 */
public final class ContentionAccount implements AutoCloseable {
  private static final int SPIN = 1;
  private static final int MUTEX = 32;

  private final Bpftrace traced;
  private Map<String, Long> values = Map.of();

  private ContentionAccount(Bpftrace traced) {
    this.traced = traced;
  }

  /** Begins, for at most three minutes; returns when the probes are in place. */
  public static ContentionAccount of(long pid) throws IOException {
    // A mutex that spins and then sleeps begins twice and ends once.
    return new ContentionAccount(
        Bpftrace.start(
            "tracepoint:lock:contention_begin /pid == "
                + pid
                + " && ((args->flags & "
                + SPIN
                + ") == 0 || (args->flags & "
                + MUTEX
                + ") != 0) && @at[tid, args->lock_addr] == 0/"
                + " { @at[tid, args->lock_addr] = nsecs; }"
                + " tracepoint:lock:contention_end /@at[tid, args->lock_addr] != 0/ {"
                + " @count[tid] = count(); @ns[tid] = sum(nsecs - @at[tid, args->lock_addr]);"
                + " delete(@at[tid, args->lock_addr]); }"));
  }

  /** Ends it. */
  public void end() throws IOException {
    values = traced.end();
  }

  /** Waits of a thread. */
  public long count(long thread) {
    return values.getOrDefault("count[" + thread + "]", 0L);
  }

  /** How long they were together, nanoseconds. */
  public long sumNs(long thread) {
    return values.getOrDefault("ns[" + thread + "]", 0L);
  }

  @Override
  public void close() {
    traced.close();
  }
}
