package latencyscope.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Arrays;
import java.util.concurrent.SynchronousQueue;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * A thread that spins on its CPU and measures its own turns: what an engine's busy loop suffers.
 *
 * <p>Its turns are of a microsecond, as of an engine that polls; a turn that takes longer was
 * interrupted. Turns of nothing but a reading of the clock would have a P99.99 of three or four of
 * its steps, which tells nothing.
 *
 * <p>Does what it is told, line by line, so that several of these JVMs can take turns on one CPU
 * within seconds, and the host's own changes hit all of them: {@code spin} is answered by the
 * P99.99 of a second's turns in nanoseconds, one turn in ten milliseconds; {@code start} FILE, a
 * recording with the settings of a file, and {@code stop} by an empty line once they are done.
 */
final class Jitter {
  private static final int TURN_NS = 1_000;
  private static final int TURNS = 1_000_000;
  private static final int SETTLE_MS = 200;

  /** The agent's word for how far it has come. */
  private static final String STATE = "latencyscope.state";

  private final SynchronousQueue<Long> results = new SynchronousQueue<>();
  private final SynchronousQueue<Boolean> tasks = new SynchronousQueue<>();
  private Recording recording;

  private Jitter() {}

  /** Takes orders until there are no more. */
  public static void main(String[] args) throws Exception {
    new Jitter().obey();
  }

  private void obey() throws Exception {
    Thread spinner = new Thread(this::spinWhenAsked, "spinner");
    spinner.setDaemon(true);
    spinner.start();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String[] words = order.split(" ", 2);
      switch (words[0]) {
        case "spin" -> {
          tasks.put(true);
          System.out.println(results.take());
        }
        case "start" -> {
          start(Path.of(words[1]));
          System.out.println();
        }
        case "stop" -> {
          recording.close();
          await("stopped");
          System.out.println();
        }
        default -> throw new IllegalArgumentException(order);
      }
    }
  }

  private void start(Path settings) throws IOException, ParseException, InterruptedException {
    recording = new Recording(Configuration.create(settings));
    recording.start();
    await("capturing");
    // The recorder's own threads have done then what a recording begins with.
    Thread.sleep(SETTLE_MS);
  }

  private static void await(String state) throws InterruptedException {
    while (!state.equals(System.getProperty(STATE))) {
      Thread.sleep(10);
    }
  }

  private void spinWhenAsked() {
    int[] turns = new int[TURNS];
    try {
      while (tasks.take()) {
        spin(turns);
        Arrays.sort(turns);
        results.put((long) turns[(int) (TURNS * 0.9999)]);
      }
    } catch (InterruptedException e) {
      return;
    }
  }

  private static void spin(int[] turns) {
    long last = System.nanoTime();
    for (int i = 0; i < turns.length; i++) {
      long now = last;
      while (now - last < TURN_NS) {
        now = System.nanoTime();
      }
      turns[i] = (int) Math.min(Integer.MAX_VALUE, now - last);
      last = now;
    }
  }
}
