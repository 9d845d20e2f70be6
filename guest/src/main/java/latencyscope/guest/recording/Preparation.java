package latencyscope.guest.recording;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import latencyscope.guest.channel.Hosts;
import latencyscope.guest.hotspot.Unrecorded;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.jfr.Schema;

/**
 * Does for the first time in this JVM what each capture does before the kernel comes into it:
 * reading what the event classes say of themselves, linking native calls, reading an object, this
 * kernel's hooks and the JVM's own structures. Nothing goes into the kernel, and what fails here
 * fails again when it is needed, and is reported then.
 *
 * <p>Done once, while the engine starts, so that a first capture is not up later, and disturbs no
 * more, than the ones after it. Or, where that was not wanted or a recording comes sooner, while
 * the flight recorder is busy with its own first time.
 */
final class Preparation implements Runnable {
  /** By then a tool that has been started with the agent by mistake has ended. */
  private static final long DELAY_MS = 1_000;

  private static final CountDownLatch RECORDER_IS_THERE = new CountDownLatch(1);

  private static Thread thread;

  private final AgentOptions options;
  private final Instrumentation instrumentation;

  private Preparation(AgentOptions options, Instrumentation instrumentation) {
    this.options = options;
    this.instrumentation = instrumentation;
  }

  /** Has it done soon; returns at once. */
  static synchronized void begin(AgentOptions options, Instrumentation instrumentation) {
    if (thread == null) {
      // Not a lambda: this is on the engine's start path.
      thread = new Thread(new Preparation(options, instrumentation), "latencyscope-prepare");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Has it done now, unless it is done already; returns at once. */
  static void beginNow(AgentOptions options, Instrumentation instrumentation) {
    RECORDER_IS_THERE.countDown();
    begin(options, instrumentation);
  }

  @Override
  public void run() {
    try {
      boolean ahead = !RECORDER_IS_THERE.await(DELAY_MS, TimeUnit.MILLISECONDS);
      Unrecorded.makeCurrentThread(instrumentation);
      if (Hosts.missing().isEmpty()) {
        Hosts.inThisJvm().prepare(options, instrumentation, ahead);
      }
      if (ahead) {
        readSchema();
      }
    } catch (Throwable t) {
      return; // the capture will meet it, too, and say it
    }
  }

  // The first reading of an annotation is slow, and there are a thousand. The recorder's own thread
  // reads them when it registers the events: if it is about to, nothing is gained.
  private static void readSchema() {
    for (Class<?> event : Schema.events()) {
      for (Class<?> type = event; type != Object.class; type = type.getSuperclass()) {
        type.getAnnotations();
        for (Field field : type.getDeclaredFields()) {
          field.getAnnotations();
        }
      }
    }
  }
}
