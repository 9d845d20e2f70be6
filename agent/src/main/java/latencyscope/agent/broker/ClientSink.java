package latencyscope.agent.broker;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Name;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.Threshold;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.wire.AreaWriter;
import latencyscope.guest.wire.EventWriter;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.ProcessStatus;
import latencyscope.jfr.capture.RecordsLost;

/** Where the events of a client go: into the memory that it reads. See {@link EventSink}. */
final class ClientSink implements EventSink {
  private static final String NOT_TAKEN = "the engine's JVM did not take its events in time";

  private final EventWriter writer;
  private final AreaWriter area;
  private final TickClock clock;
  private final ClientTarget target;
  private final Room room;

  /** By the number of the type. */
  private final long[] lost;

  /** By the number of the type, nanoseconds. Read by threads that load modules. */
  private volatile long[] thresholdsNs;

  private boolean shortEvents;

  /** Asked when the memory is full. */
  interface Room {
    /** Waits for the client to read; says whether it may have. */
    boolean isThere();
  }

  ClientSink(EventWriter writer, AreaWriter area, TickClock clock, ClientTarget target, Room room) {
    this.writer = writer;
    this.area = area;
    this.clock = clock;
    this.target = target;
    this.room = room;
    lost = new long[writer.schema().types().size()];
    thresholdsNs = new long[lost.length];
    Arrays.fill(thresholdsNs, Threshold.NOT_ENABLED);
  }

  /**
   * Takes the client's thresholds.
   *
   * @return false if there are more or fewer than the schema has types
   */
  boolean thresholdsNs(List<Long> all) {
    if (all.size() != lost.length) {
      return false;
    }
    thresholdsNs = all.stream().mapToLong(ns -> Math.max(Threshold.NOT_ENABLED, ns)).toArray();
    return true;
  }

  @Override
  public void commit(Event event) {
    if (event instanceof ProcessStatus process && !target.mayRead(process.processId)) {
      process.program = null;
    }
    if (!send(event)) {
      lost[writer.number(event.getClass())]++;
    }
  }

  private boolean send(Event event) {
    ByteBuffer record = writer.write(event, clock.kernelNow());
    boolean gone = area.put(record);
    while (!gone && room.isThere()) {
      gone = area.put(record);
    }
    writer.sent(gone);
    return gone;
  }

  /** Says what was lost because the client has not read for too long. */
  void reportLost() {
    for (Class<? extends Event> type : Schema.events()) {
      int number = writer.number(type);
      if (lost[number] == 0) {
        continue;
      }
      RecordsLost event = new RecordsLost();
      event.module = type.getAnnotation(Category.class).value()[1];
      event.type = type.getAnnotation(Name.class).value();
      event.count = lost[number];
      event.reason = NOT_TAKEN;
      if (send(event)) {
        lost[number] = 0;
      }
    }
  }

  @Override
  public Wanted wanted(Class<? extends KernelEvent> type) {
    int number = writer.number(type);
    return new Wanted() {
      @Override
      public boolean isEnabled() {
        return ticks() != Threshold.NOT_ENABLED;
      }

      @Override
      public boolean isWanted(KernelEvent event) {
        long ns = ticks();
        return ns != Threshold.NOT_ENABLED && (shortEvents || event.kernelDuration >= ns);
      }

      @Override
      public long ticks() {
        return thresholdsNs[number];
      }
    };
  }

  /** The client knows better which it records. */
  @Override
  public List<Class<? extends Event>> recordable() {
    return List.of();
  }

  @Override
  public boolean isTarget() {
    return target.isClient();
  }

  @Override
  public boolean takesShortEvents() {
    return true;
  }

  @Override
  public void withShortEvents(Runnable commits) {
    shortEvents = true;
    try {
      commits.run();
    } finally {
      shortEvents = false;
    }
  }
}
