package latencyscope.agent.record;

import java.util.List;
import jdk.jfr.Name;
import latencyscope.agent.event.BoundMember;
import latencyscope.agent.event.EventFill;
import latencyscope.agent.event.EventFillWriter;
import latencyscope.agent.event.Exemplars;
import latencyscope.agent.event.RecordStrings;
import latencyscope.bpf.btf.Struct;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.TaskLives;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.trigger.Triggers;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.LockLookup;
import latencyscope.jfr.OnLock;
import latencyscope.jfr.OnPage;
import latencyscope.jfr.PageLookup;

/**
 * Turns the kernel's records of one kind into events and commits them.
 *
 * <p>One event instance is used for all of them and filled by code that was written for its type,
 * so a record costs no allocation. Used by one thread at a time.
 */
public final class RecordDecoder {
  /** A duration or begin of 0 would make the flight recorder take its own clock. */
  private static final long AT_LEAST = 1;

  private final KernelEvent event;
  private final EventFill fill;
  private final RecordHeader header;
  private final List<BoundMember> members;
  private final EventSink sink;
  private final EventSink.Wanted wanted;
  private final String name;
  private final Exemplars exemplars;
  private final PageLookup pages;
  private final LockLookup locks;
  private final NamedTasks named;
  private final Triggers triggers;
  private final long triggeredAboveNs;

  /**
   * Writes the code that fills an event.
   *
   * @param exemplars takes what is below the threshold and was sent all the same
   * @param pages says where a page is
   * @param locks names the JVM's own locks
   * @param tasks looks at the tasks that records name
   * @param triggers takes what a condition may be on
   * @param sink takes the events
   */
  public RecordDecoder(
      Class<? extends KernelEvent> type,
      Struct struct,
      RecordStrings strings,
      Exemplars exemplars,
      PageLookup pages,
      LockLookup locks,
      TaskLives tasks,
      Triggers triggers,
      EventSink sink)
      throws ReflectiveOperationException {
    this.exemplars = exemplars;
    this.pages = pages;
    this.locks = locks;
    this.triggers = triggers;
    this.sink = sink;
    name = type.getAnnotation(Name.class).value();
    triggeredAboveNs = triggers.longerThanNs(name);
    wanted = sink.wanted(type);
    event = type.getDeclaredConstructor().newInstance();
    members = new RecordBinding(type, struct).bind();
    named = new NamedTasks(members, tasks);
    fill = new EventFillWriter(type, members, strings).define();
    header = new RecordHeader(struct);
  }

  /** Commits the record as an event of the given thread. */
  public void decode(long[] record, ThreadDirectory.Entry thread, TickClock clock) {
    long startTicks = clock.ticksAt(header.startNs(record));
    long durationNs = header.durationNs(record);
    event.kernelStart = startTicks;
    event.kernelDuration = durationNs;
    event.osThreadId = thread.osThreadId();
    event.thread = thread.name();
    // Null if it is none of Java's: the plug-in of Mission Control finds its lane by id and name.
    event.laneThread = thread.thread();
    event.cpu = header.cpu(record);
    fill.fill(
        record,
        event,
        Math.max(AT_LEAST, startTicks),
        Math.max(AT_LEAST, clock.ticksIn(durationNs)));
    if (wanted.isWanted(event)) {
      if (event instanceof OnPage located) {
        located.locate(pages);
      } else if (event instanceof OnLock locked) {
        locked.name(locks);
      }
      sink.commit(event);
      named.note(record, event.osThreadId);
    } else if (wanted.isEnabled()) {
      // Below the threshold, and sent all the same: among the longest of its kind.
      String lock = event instanceof OnLock locked ? locked.name(locks) : null;
      exemplars.commit(event, members, lock, startTicks);
      named.note(record, event.osThreadId);
    }
    if (durationNs > triggeredAboveNs && !event.isOutside()) {
      triggers.met(name, durationNs, thread.name());
    }
    event.laneThread = null; // a thread that ends must not be kept by us
  }
}
