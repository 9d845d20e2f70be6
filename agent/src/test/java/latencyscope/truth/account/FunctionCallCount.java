package latencyscope.truth.account;

import java.io.IOException;
import java.util.Map;

/** How often each thread was interrupted by a function that another CPU asked for, by bpftrace. */
public final class FunctionCallCount implements AutoCloseable {
  private final String function;
  private final Bpftrace traced;
  private Map<String, Long> values = Map.of();

  private FunctionCallCount(String function, Bpftrace traced) {
    this.function = function;
    this.traced = traced;
  }

  /** Begins to count, for at most three minutes; returns when it counts. */
  public static FunctionCallCount begin(String function) throws IOException {
    return new FunctionCallCount(
        function,
        Bpftrace.start(
            "tracepoint:csd:csd_function_entry { @[ksym(args->func), tid] = count(); }"));
  }

  /** Ends the count. */
  public void end() throws IOException {
    values = traced.end();
  }

  public long of(long thread) {
    return values.getOrDefault("[" + function + ", " + thread + "]", 0L);
  }

  @Override
  public void close() {
    traced.close();
  }
}
