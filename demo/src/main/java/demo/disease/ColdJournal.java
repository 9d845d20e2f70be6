package demo.disease;

import demo.journal.Journal;
import demo.thread.KernelThread;
import demo.thread.Recurring;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The journal goes on, every 20 ms, in a segment whose pages are on disk but not in memory.
 *
 * <p>The first record in a segment is a major page fault on the strategy thread. Each segment is a
 * separate small file, so that the kernel's readahead for one cannot warm up the next.
 */
final class ColdJournal implements Disease {
  private static final Duration EVERY = Duration.ofMillis(20);
  private static final int MAX_SEGMENTS = 1_000;

  /** So long the strategy may be without an order. */
  private static final long HOME_NS = 1_000_000_000;

  private static final long LOOK_NS = 1_000_000;
  private static final int SEGMENT_BYTES = 256 * Journal.RECORD;

  // dd with count=0 writes nothing and then asks the kernel to forget what it caches of the file.
  private static final String DROP_CACHE =
      "for f; do dd of=\"$f\" oflag=nocache conv=notrunc,fdatasync count=0 || exit; done";

  private final Patient patient;
  private final List<ByteBuffer> cold = new ArrayList<>();
  private final Recurring roller = new Recurring("journal-roller", EVERY.toNanos(), this::roll);
  private KernelThread strategy;
  private long majorFaults;
  private int rolled;

  ColdJournal(Patient patient) {
    this.patient = patient;
  }

  @Override
  public void prepare() throws IOException {
    Path directory = Files.createDirectory(patient.directory().resolve("cold"));
    List<String> drop = new ArrayList<>(List.of("sh", "-c", DROP_CACHE, "sh"));
    long segments = Math.min(patient.window().dividedBy(EVERY) + 1, MAX_SEGMENTS);
    for (int i = 0; i < segments; i++) {
      Path file = directory.resolve("segment-" + i);
      write(file);
      drop.add(file.toString());
    }
    Tool.run(drop);
    for (String file : drop.subList(4, drop.size())) {
      cold.add(map(Path.of(file)));
    }
  }

  @Override
  public String start() {
    strategy = patient.strategy().kernelThread();
    majorFaults = strategy.majorFaults();
    roller.start();
    return "the journal goes on in a cold segment every " + EVERY.toMillis() + " ms";
  }

  @Override
  public void stop() {
    roller.stop();
    if (patient.journal().continueAtHome()) {
      rolled--;
    }
    awaitHome();
    majorFaults = strategy.majorFaults() - majorFaults;
  }

  /** The fault of a segment that was taken just before is counted when it is over. */
  private void awaitHome() {
    long giveUp = System.nanoTime() + HOME_NS;
    while (!patient.journal().isTaken() && System.nanoTime() - giveUp < 0) {
      LockSupport.parkNanos(LOOK_NS);
    }
  }

  @Override
  public Provoked provoked() {
    return new Provoked(
        rolled, "cold segments first written by strategy; its major faults: " + majorFaults);
  }

  private void roll() {
    if (rolled < cold.size() && patient.journal().continueIn(cold.get(rolled))) {
      rolled++;
    }
  }

  private static void write(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(SEGMENT_BYTES));
      channel.force(true);
    }
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, SEGMENT_BYTES);
    }
  }
}
