package demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The engine's threads; the first that fails wakes all waiting threads. Used by one thread. */
final class Crew {
  private final List<Thread> threads = new ArrayList<>();
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

  /** Starts a thread. */
  void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setUncaughtExceptionHandler((which, thrown) -> failure.complete(thrown));
    threads.add(thread);
    thread.start();
  }

  /** Waits until a moment of {@code System.nanoTime()}; at once false when a thread has failed. */
  boolean sleepUntil(long momentNs) throws InterruptedException {
    try {
      failure.get(Math.max(0, momentNs - System.nanoTime()), TimeUnit.NANOSECONDS);
      return false;
    } catch (TimeoutException e) {
      return true;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the failure is a value", e);
    }
  }

  /** Waits until a thread has ended or the moment is reached or another has failed. */
  void join(String name, long untilNs) throws InterruptedException {
    for (Thread thread : threads) {
      while (thread.getName().equals(name) && thread.isAlive() && System.nanoTime() < untilNs) {
        thread.join(5);
        if (failure.isDone()) {
          return;
        }
      }
    }
  }

  /** Waits for all threads, which were told to end; at most so long for each. */
  void joinAll(long timeoutMs) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(timeoutMs);
      if (thread.isAlive()) {
        failure.complete(new IllegalStateException("thread " + thread.getName() + " did not end"));
      }
    }
  }

  /** What the first thread that failed threw. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure.getNow(null));
  }
}
