package latencyscope.ledger.safepoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.proc.Role;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * The safepoints of a recording, put together from the JVM's events of each.
 *
 * <p>Bounded: further ones than the limit are counted only. Not safe for use by several threads
 * while it is being filled.
 */
public final class Safepoints {
  /** The event that lasts from the request until all threads have stopped. */
  public static final String BEGIN = "jdk.SafepointBegin";

  private static final int LIMIT = 200_000;
  private static final String SYNCHRONIZATION = "jdk.SafepointStateSynchronization";
  private static final String OPERATION = "jdk.ExecuteVMOperation";
  private static final String END = "jdk.SafepointEnd";

  private final Map<Long, Building> building = new HashMap<>();
  private List<Safepoint> sorted;
  private long leftOut;

  /** Creates it without a safepoint. */
  public Safepoints() {}

  private static final class Building {
    long start;
    long reached;
    long end;
    long longestOperation;
    int running = -1;
    String operation;
  }

  /** Whether safepoints are put together from events of this type. */
  public static boolean wants(String type) {
    return type.equals(BEGIN)
        || type.equals(SYNCHRONIZATION)
        || type.equals(OPERATION)
        || type.equals(END);
  }

  /** Takes an event of a type that it wants. */
  public void add(JvmEvent event) {
    long id = event.number("safepointId");
    if (event.type().equals(OPERATION) && !event.flag("safepoint")) {
      return;
    }
    if (building.size() >= LIMIT && !building.containsKey(id)) {
      leftOut += event.type().equals(BEGIN) ? 1 : 0;
      return;
    }
    Building one = building.computeIfAbsent(id, i -> new Building());
    long end = event.start() + event.duration();
    sorted = null;
    switch (event.type()) {
      case BEGIN -> {
        one.start = event.start();
        one.reached = Math.max(one.reached, end);
      }
      case SYNCHRONIZATION -> {
        one.reached = Math.max(one.reached, end);
        one.running = (int) event.number("initialThreadCount");
      }
      case OPERATION -> {
        // Several operations may share a safepoint: the longest gives it its name.
        if (one.operation == null || event.duration() > one.longestOperation) {
          one.operation = event.text("operation");
          one.longestOperation = event.duration();
        }
        one.end = Math.max(one.end, end);
      }
      default -> one.end = Math.max(one.end, end);
    }
  }

  /**
   * Those of which the begin is recorded, in order of time. The JDK's default profile has no ends,
   * and operations from 10 ms on: how long the threads took to stop is known all the same.
   */
  public List<Safepoint> all() {
    if (sorted == null) {
      List<Safepoint> all = new ArrayList<>();
      building.forEach((id, one) -> {
        if (one.start > 0) {
          boolean ended = one.end >= one.start;
          long known = Math.max(one.start, one.reached);
          long reached = ended ? Math.min(one.end, known) : known;
          long end = ended ? one.end : known;
          all.add(new Safepoint(id, one.operation, one.start, reached, end, ended, one.running));
        }
      });
      all.sort(Comparator.comparingLong(Safepoint::start));
      sorted = Collections.unmodifiableList(all);
    }
    return sorted;
  }

  /** How many there were beyond the limit. */
  public long leftOut() {
    return leftOut;
  }

  /**
   * What a thread was stopped for that left its CPU then and was woken by the VM thread; null if it
   * was not stopped.
   */
  public String stopping(ThreadId thread, long left, String waker) {
    // The recorder does not know every Java thread as one: its role is the safer sign.
    boolean stopped = thread.isJava() || Role.of(thread.name()).isStopped();
    if (waker == null || !stopped || Role.of(waker) != Role.VM_THREAD) {
      return null;
    }
    List<Safepoint> all = all();
    int low = 0;
    int high = all.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Safepoint one = all.get(middle);
      if (left < one.start()) {
        high = middle - 1;
      } else if (left > one.end()) {
        low = middle + 1;
      } else {
        return one.words();
      }
    }
    return null;
  }
}
