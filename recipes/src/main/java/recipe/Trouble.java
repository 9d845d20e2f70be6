package recipe;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** What can be provoked in an engine. */
enum Trouble {
  /** None. */
  NONE {
    @Override
    void start(Place place, Strategy strategy) {}
  },

  /** A process that never sleeps has the strategy's CPU, too. */
  COMPETITOR {
    @Override
    void start(Place place, Strategy strategy) throws IOException {
      place.processes.add(
          Tool.spin(place.directory, "competitor", place.strategyCpu, place.limit()));
    }
  },

  /** Each of many small mapped files is on disk and not in memory when the strategy reads it. */
  COLD_FILE {
    private static final int EVERY_MS = 2;
    private static final int BYTES = 16_384;

    @Override
    void start(Place place, Strategy strategy) throws IOException {
      Path folder = Files.createDirectory(place.directory.resolve("cold"));
      List<MemorySegment> files = new ArrayList<>();
      for (int i = 0; i < place.seconds * 1_000 / EVERY_MS; i++) {
        Path file = Files.write(folder.resolve("instrument-" + i), new byte[BYTES]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          files.add(channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES, Arena.global()));
        }
      }
      // dd with count=0 writes nothing, and then asks the kernel to forget what it caches.
      String forget =
          "for f; do dd of=$f oflag=nocache conv=notrunc,fdatasync count=0 || exit; done";
      List<String> command = new ArrayList<>(List.of("sh", "-c", forget, "sh"));
      for (int i = 0; i < files.size(); i++) {
        command.add(folder.resolve("instrument-" + i).toString());
      }
      Tool.run(command);
      long begin = System.nanoTime();
      int[] next = {0};
      strategy.have(() -> {
        long due = (System.nanoTime() - begin) / TimeUnit.MILLISECONDS.toNanos(EVERY_MS);
        if (next[0] < Math.min(due, files.size())) {
          strategy.use(files.get(next[0]++).get(ValueLayout.JAVA_BYTE, BYTES / 2));
        }
      });
    }
  },

  /** Another thread holds a lock for milliseconds that the strategy needs for every order. */
  LOCK {
    private static final int HOLD_MS = 3;
    private static final int PAUSE_MS = 17;

    @Override
    void start(Place place, Strategy strategy) {
      ReentrantLock limits = new ReentrantLock();
      place.thread(
          "risk",
          () -> {
            limits.lock();
            try {
              long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HOLD_MS);
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
            } finally {
              limits.unlock();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
          });
      strategy.have(() -> {
        limits.lock();
        limits.unlock();
      });
    }
  },

  /** Collections, whose workers share their CPU with a process that never sleeps. */
  GC {
    private static final int BLOCK = 1 << 16;
    private static final int BLOCKS = 400;

    @Override
    void start(Place place, Strategy strategy) throws IOException {
      place.processes.add(Tool.spin(place.directory, "batch-job", place.otherCpu, place.limit()));
      byte[][] live = new byte[BLOCKS][];
      int[] at = {0};
      place.thread(
          "pricing",
          () -> {
            for (int i = 0; i < BLOCKS; i++) {
              live[at[0]++ % BLOCKS] = new byte[BLOCK];
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
          });
    }
  };

  /** Begins; the trouble lasts until the place is left. */
  abstract void start(Place place, Strategy strategy) throws IOException;

  static Trouble of(String name) {
    return valueOf(name.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
  }

  /** Where a trouble happens, and what is to be ended with it. */
  static final class Place implements AutoCloseable {
    final Path directory;
    final int strategyCpu;
    final int otherCpu;
    final int seconds;
    final List<Process> processes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean left;

    Place(Path directory, int strategyCpu, int otherCpu, int seconds) {
      this.directory = directory;
      this.strategyCpu = strategyCpu;
      this.otherCpu = otherCpu;
      this.seconds = seconds;
    }

    /** CPU seconds after which a process ends by itself. */
    int limit() {
      return seconds + 2;
    }

    void thread(String name, Runnable step) {
      Thread thread =
          new Thread(
              () -> {
                while (!left) {
                  step.run();
                }
              },
              name);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }

    @Override
    public void close() {
      left = true;
      processes.forEach(Process::destroyForcibly);
      threads.forEach(LockSupport::unpark);
    }
  }
}
