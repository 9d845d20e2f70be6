package recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * Runs one engine with one trouble, and records it.
 *
 * <p>Arguments: engine, trouble, seconds, directory, file of JFR settings. The strategy has the
 * last CPU, everything else runs on the first ({@code taskset -c 0 java …}). Leaves {@code
 * run.jfr}.
 */
public final class Run {
  private static final int WARM_UP_MS = 6_000;
  private static final long PAUSE_NS = 100_000;

  private Run() {}

  public static void main(String[] arguments) {
    int code = 0;
    try {
      run(arguments);
    } catch (Exception e) {
      e.printStackTrace();
      code = 1;
    }
    // Libraries have threads of their own that would keep the JVM.
    System.exit(code);
  }

  private static void run(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[3]).toAbsolutePath();
    int seconds = Integer.parseInt(arguments[2]);
    int cpu =
        Integer.parseInt(
            Files.readString(Path.of("/sys/devices/system/cpu/online"))
                .strip()
                .replaceAll(".*[-,]", ""));
    Strategy strategy = new Strategy(cpu);
    AtomicBoolean stopped = new AtomicBoolean();
    try (Engine engine = engine(arguments[0], directory)) {
      engine.start(strategy);
      Thread feed = new Thread(() -> feed(engine, stopped), "feed");
      feed.start();
      strategy.awaitStart();
      Configuration settings = Configuration.create(Path.of(arguments[4]));
      try (Recording before = recording(settings);
          Recording recording = recording(settings);
          Trouble.Place place = new Trouble.Place(directory, cpu, 0, seconds)) {
        // While this one runs, the code is compiled, the modules of the agent are loaded, and the
        // trouble is prepared. None of that is what the other is to show.
        before.start();
        Thread.sleep(WARM_UP_MS);
        Trouble.of(arguments[1]).start(place, strategy);
        recording.start();
        long receivedBefore = strategy.received();
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
        recording.stop();
        recording.dump(directory.resolve("run.jfr"));
        System.out.println(strategy.received() - receivedBefore + " orders");
      }
      stopped.set(true);
      feed.join();
    }
  }

  private static Recording recording(Configuration settings) {
    Recording recording = new Recording(settings);
    recording.enable("recipe.Order").withoutThreshold();
    return recording;
  }

  private static Engine engine(String name, Path directory) {
    return switch (name) {
      case "disruptor" -> new DisruptorEngine();
      case "aeron" -> new AeronEngine();
      case "chronicle" -> new ChronicleEngine(directory);
      case "netty" -> new NettyEngine();
      case "matching" -> new MatchingEngine();
      default ->
          throw new IllegalArgumentException(
              "no engine " + name + "; there are disruptor, aeron, chronicle, netty and matching");
    };
  }

  // An order each 100 µs or so; those that find no room are dropped, as market data is.
  private static void feed(Engine engine, AtomicBoolean stopped) {
    for (long order = 0; !stopped.get(); order++) {
      engine.send(order);
      LockSupport.parkNanos(PAUSE_NS);
    }
  }
}
