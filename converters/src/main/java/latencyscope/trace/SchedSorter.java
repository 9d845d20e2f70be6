package latencyscope.trace;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Puts any number of points in the order of time in bounded memory: what does not fit is sorted in
 * parts, kept in a temporary file and merged. Not safe for use by several threads.
 *
 * <p>An event is recorded when it ends, and a thread can have been off its CPU for as long as the
 * recording is: no window of time would do.
 */
final class SchedSorter implements Closeable {
  private static final int NUMBERS = 4;
  private static final int RUN_BUFFER_BYTES = 8_192;

  private final int pointsInMemory;
  private final List<SchedPoint> points = new ArrayList<>();
  private final List<Integer> runs = new ArrayList<>(); // number of points of each
  private Path file;

  /** Takes points one by one. */
  @FunctionalInterface
  interface Sink {
    void accept(SchedPoint point) throws IOException;
  }

  /**
   * @param pointsInMemory how many are held at most
   */
  SchedSorter(int pointsInMemory) {
    this.pointsInMemory = pointsInMemory;
  }

  void add(SchedPoint point) throws IOException {
    points.add(point);
    if (points.size() == pointsInMemory) {
      spill();
    }
  }

  private void spill() throws IOException {
    if (file == null) {
      file = Files.createTempFile("latencyscope-", ".sort"); // readable by its owner only
    }
    points.sort(SchedPoint.ORDER);
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.APPEND)))) {
      for (SchedPoint point : points) {
        for (long number : point.pack()) {
          out.writeLong(number);
        }
      }
    }
    runs.add(points.size());
    points.clear();
  }

  /** Hands over all points in the order of time; called once. */
  void drain(Sink sink) throws IOException {
    points.sort(SchedPoint.ORDER);
    PriorityQueue<Run> queue =
        new PriorityQueue<>((a, b) -> SchedPoint.ORDER.compare(a.head, b.head));
    try {
      long position = 0;
      for (int size : runs) {
        add(queue, new Run(open(position), size));
        position += (long) size * NUMBERS * Long.BYTES;
      }
      add(queue, new Run(points));
      while (!queue.isEmpty()) {
        Run run = queue.poll();
        sink.accept(run.head);
        add(queue, run);
      }
    } finally {
      for (Run run : queue) {
        run.close();
      }
    }
  }

  private static void add(PriorityQueue<Run> queue, Run run) throws IOException {
    if (run.next()) {
      queue.add(run);
    } else {
      run.close();
    }
  }

  private InputStream open(long position) throws IOException {
    InputStream in = Files.newInputStream(file);
    in.skipNBytes(position);
    return new BufferedInputStream(in, RUN_BUFFER_BYTES);
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }

  /** A sorted part, in the file or in memory. */
  private static final class Run implements Closeable {
    private final DataInputStream in;
    private final List<SchedPoint> inMemory;
    private final int size;
    private int read;
    private SchedPoint head;

    Run(InputStream in, int size) {
      this.in = new DataInputStream(in);
      this.inMemory = null;
      this.size = size;
    }

    Run(List<SchedPoint> inMemory) {
      this.in = null;
      this.inMemory = inMemory;
      this.size = inMemory.size();
    }

    boolean next() throws IOException {
      if (read == size) {
        return false;
      }
      head = in == null ? inMemory.get(read) : SchedPoint.unpack(numbers());
      read++;
      return true;
    }

    private long[] numbers() throws IOException {
      long[] numbers = new long[NUMBERS];
      for (int i = 0; i < NUMBERS; i++) {
        numbers[i] = in.readLong();
      }
      return numbers;
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }
  }
}
