package latencyscope.guest.broker;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Event;
import jdk.jfr.Name;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.facts.LockNames;
import latencyscope.guest.thread.JavaThreads;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.trigger.Triggers;
import latencyscope.guest.wire.AreaReader;
import latencyscope.guest.wire.EventReader;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.OnLock;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.Histogram;
import latencyscope.jfr.capture.HostFact;

/**
 * Commits a broker's events with what it cannot know: the names of this JVM's threads and locks.
 * Used by one thread at a time.
 */
final class BrokerEvents implements AreaReader.Handler {
  private final EventReader reader;
  private final TickClock clock;
  private final BrokerThreads threads;
  private final LockNames locks;
  private final Triggers triggers;

  /** Full names, for triggers. */
  private final Map<Class<?>, String> names = new HashMap<>();

  BrokerEvents(
      EventReader reader,
      TickClock clock,
      BrokerThreads threads,
      LockNames locks,
      Triggers triggers) {
    this.reader = reader;
    this.clock = clock;
    this.threads = threads;
    this.locks = locks;
    this.triggers = triggers;
    List<Class<? extends Event>> types = Schema.events();
    types.forEach(type -> names.put(type, type.getAnnotation(Name.class).value()));
  }

  @Override
  public void onRecord(ByteBuffer record) throws EventReader.GarbageException {
    Event event = reader.read(record, clock);
    if (event instanceof KernelEvent kernel) {
      take(kernel);
    } else if (event instanceof Counter counter) {
      take(counter);
    } else if (event instanceof Histogram histogram) {
      take(histogram);
    } else if (event instanceof HostFact fact && fact.name.equals(locks.fact().name())) {
      return; // this JVM knows better
    } else if (event != null) {
      event.commit();
    }
  }

  private void take(KernelEvent event) {
    ThreadDirectory.Entry thread = threads.of(event.osThreadId, event.thread);
    if (!thread.watched()) {
      return;
    }
    event.thread = thread.name();
    event.laneThread = thread.thread();
    if (event instanceof OnLock locked) {
      locked.name(locks.lookup());
    }
    event.commit();
    event.laneThread = null; // a thread that ends must not be kept by us
    if (triggers != Triggers.NONE && !event.isOutside()) {
      String name = names.get(event.getClass());
      if (event.kernelDuration > triggers.longerThanNs(name)) {
        triggers.met(name, event.kernelDuration, thread.name());
      }
    }
  }

  private void take(Counter event) {
    ThreadDirectory.Entry thread = threads.of(event.osThreadId, event.thread);
    if (thread.watched()) {
      event.thread = thread.name();
      event.javaThreadId = javaId(thread);
      event.commit();
    }
  }

  private void take(Histogram event) {
    ThreadDirectory.Entry thread = threads.of(event.osThreadId, event.thread);
    if (thread.watched()) {
      event.thread = thread.name();
      event.javaThreadId = javaId(thread);
      event.commit();
    }
  }

  private static long javaId(ThreadDirectory.Entry thread) {
    return thread.thread() == null ? 0 : JavaThreads.idOf(thread.thread());
  }
}
