package latencyscope.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/**
 * How long a dump takes that reads the whole log, and how many records that were.
 *
 * <p>To be run with the agent, {@code history=512m}, and a recording named "log". Two threads wake
 * each other in turns; each turn is a switch and a wait for each of them, which are in the log and
 * below every threshold. They rest while the log is read, so that nothing is overwritten. Prints a
 * line for each dump: records, milliseconds of the dump, microseconds a record. The first dump's
 * code is not compiled yet.
 */
final class LogReading {
  private static final long TURNS_MS = 1_000;

  private volatile boolean resting;
  private volatile Thread left;
  private volatile Thread right;

  private LogReading() {}

  /** Dumps as often as the first argument says, after as many seconds as the second says. */
  public static void main(String[] args) throws Exception {
    int dumps = Integer.parseInt(args[0]);
    int seconds = Integer.parseInt(args[1]);
    LogReading pair = new LogReading();
    pair.start();
    Recording recording =
        FlightRecorder.getFlightRecorder().getRecordings().stream()
            .filter(one -> "log".equals(one.getName()))
            .findFirst()
            .orElseThrow();
    TimeUnit.SECONDS.sleep(5); // until the modules are loaded
    long before = 0;
    for (int i = 0; i < dumps; i++) {
      pair.resting = false;
      LockSupport.unpark(pair.left);
      TimeUnit.SECONDS.sleep(seconds);
      pair.resting = true;
      TimeUnit.MILLISECONDS.sleep(TURNS_MS + 500); // what is above a threshold has been read
      Path file = Files.createTempFile("log", ".jfr");
      try {
        long begun = System.nanoTime();
        recording.dump(file);
        long ns = System.nanoTime() - begun;
        long all = records(file);
        long records = all - before;
        before = all;
        System.out.printf(
            Locale.ROOT, "%d %.1f %.3f%n", records, ns / 1e6, ns / 1e3 / Math.max(1, records));
      } finally {
        Files.delete(file);
      }
    }
  }

  // The log's, as its reader says.
  private static long records(Path file) throws IOException {
    long records = 0;
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        if (event
            .getEventType()
            .getName()
            .equals(EventDescription.PREFIX + EventTypes.FULL_RESOLUTION)) {
          records += event.getLong("records");
        }
      }
    }
    return records;
  }

  private void start() throws InterruptedException {
    CountDownLatch born = new CountDownLatch(2);
    left = thread("left", born);
    right = thread("right", born);
    left.start();
    right.start();
    born.await();
  }

  private Thread thread(String name, CountDownLatch born) {
    Thread thread =
        new Thread(
            () -> {
              born.countDown();
              while (true) {
                LockSupport.park();
                if (!resting) {
                  LockSupport.unpark(Thread.currentThread() == left ? right : left);
                }
              }
            },
            name);
    thread.setDaemon(true);
    return thread;
  }
}
