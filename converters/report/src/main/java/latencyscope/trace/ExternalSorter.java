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
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * Puts any number of records in order in bounded memory: what does not fit is sorted in parts, kept
 * in a temporary file and merged. Not safe for use by several threads.
 *
 * <p>An event is recorded when it ends, and a thread can have been off its CPU for as long as the
 * recording is: no window of time would do.
 *
 * @param <T> what is sorted
 */
final class ExternalSorter<T> implements Closeable {
  private static final int RUN_BUFFER_BYTES = 8_192;

  private final Form<T> form;
  private final int inMemory;
  private final List<T> records = new ArrayList<>();
  private final List<Integer> runs = new ArrayList<>(); // number of records of each
  private Path file;

  /** Takes records one by one. */
  @FunctionalInterface
  interface Sink<T> {
    void accept(T record) throws IOException;
  }

  /**
   * What a record looks like in the file.
   *
   * @param numbers how many numbers it has
   * @param order in which records are handed over
   */
  record Form<T>(
      int numbers, Comparator<T> order, Function<T, long[]> pack, Function<long[], T> unpack) {}

  /**
   * @param inMemory how many records are held at most
   */
  ExternalSorter(Form<T> form, int inMemory) {
    this.form = form;
    this.inMemory = inMemory;
  }

  void add(T record) throws IOException {
    records.add(record);
    if (records.size() == inMemory) {
      spill();
    }
  }

  private void spill() throws IOException {
    if (file == null) {
      file = Files.createTempFile("latencyscope-", ".sort"); // readable by its owner only
    }
    records.sort(form.order());
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.APPEND)))) {
      for (T record : records) {
        for (long number : form.pack().apply(record)) {
          out.writeLong(number);
        }
      }
    }
    runs.add(records.size());
    records.clear();
  }

  /** Hands over all records in order; as often as is needed, once all are added. */
  void drain(Sink<T> sink) throws IOException {
    records.sort(form.order());
    PriorityQueue<Run> queue = new PriorityQueue<>((a, b) -> form.order().compare(a.head, b.head));
    try {
      long position = 0;
      for (int size : runs) {
        add(queue, new Run(open(position), size));
        position += (long) size * form.numbers() * Long.BYTES;
      }
      add(queue, new Run(records));
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

  private void add(PriorityQueue<Run> queue, Run run) throws IOException {
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
  private final class Run implements Closeable {
    private final DataInputStream in;
    private final List<T> held;
    private final int size;
    private int read;
    private T head;

    Run(InputStream in, int size) {
      this.in = new DataInputStream(in);
      this.held = null;
      this.size = size;
    }

    Run(List<T> held) {
      this.in = null;
      this.held = held;
      this.size = held.size();
    }

    boolean next() throws IOException {
      if (read == size) {
        return false;
      }
      head = in == null ? held.get(read) : form.unpack().apply(numbers());
      read++;
      return true;
    }

    private long[] numbers() throws IOException {
      long[] numbers = new long[form.numbers()];
      for (int i = 0; i < numbers.length; i++) {
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
