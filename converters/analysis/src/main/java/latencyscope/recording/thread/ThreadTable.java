package latencyscope.recording.thread;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which thread an OS thread id meant at a time.
 *
 * <p>The kernel gives the id of an ended thread to a new one. The recorder's own thread table and
 * its ThreadStart and ThreadEnd events distinguish such threads. Not safe for use by several
 * threads.
 */
public final class ThreadTable {
  // A thread runs in the kernel shortly before it says that it started and after it said that it
  // ended; beyond this, its id belongs to a thread that Java does not know.
  private static final long SLACK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Map<Long, List<Life>> lives = new HashMap<>();
  private final Map<Long, String> nativeNames = new HashMap<>();
  private final Map<ThreadId, ThreadId> seen = new LinkedHashMap<>();

  private static final class Life {
    final long javaId;
    String name;
    long from = Long.MIN_VALUE;
    long to = Long.MAX_VALUE;

    Life(long javaId) {
      this.javaId = javaId;
    }

    boolean isTimed() {
      return from != Long.MIN_VALUE || to != Long.MAX_VALUE;
    }

    /**
     * Whether a name is what the kernel, which keeps 15 bytes, left of this one. Newer JVMs keep
     * the begin and the end of a long name (os::set_native_thread_name of JDK 25), older ones the
     * begin.
     */
    boolean isCutTo(String kernelName) {
      if (name == null || kernelName == null || kernelName.isEmpty()) {
        return false;
      }
      int gap = kernelName.indexOf("..");
      boolean begins = name.startsWith(kernelName);
      boolean beginsAndEnds =
          gap > 0
              && name.startsWith(kernelName.substring(0, gap))
              && name.endsWith(kernelName.substring(gap + 2));
      return name.length() > kernelName.length() && (begins || beginsAndEnds);
    }

    /** How far a time lies outside of this life; 0 if it lies inside. */
    long distance(long time) {
      if (time < from) {
        return from - time;
      }
      return time > to ? time - to : 0;
    }
  }

  /** Notes a thread that the recorder knows. */
  public void learn(ParserThread thread) {
    if (thread == null || thread.osTid() <= 0) {
      return;
    }
    if (thread.javaId() > 0) {
      life(thread);
    } else if (thread.name() != null) {
      nativeNames.put(thread.osTid(), thread.name());
    }
  }

  /** Notes when a Java thread started. */
  public void started(ParserThread thread, long time) {
    if (thread != null && thread.osTid() > 0 && thread.javaId() > 0) {
      life(thread).from = time;
    }
  }

  /** Notes when a Java thread ended. */
  public void ended(ParserThread thread, long time) {
    if (thread != null && thread.osTid() > 0 && thread.javaId() > 0) {
      life(thread).to = time;
    }
  }

  /** Whether the recorder has seen a Java thread end. */
  public boolean hasEnded(ThreadId thread) {
    return thread.isJava()
        && lives.getOrDefault(thread.osTid(), List.of()).stream()
            .anyMatch(life -> life.javaId == thread.javaId() && life.to != Long.MAX_VALUE);
  }

  private Life life(ParserThread thread) {
    List<Life> ofTid = lives.computeIfAbsent(thread.osTid(), tid -> new ArrayList<>(1));
    Life life = ofTid.stream().filter(l -> l.javaId == thread.javaId()).findFirst().orElse(null);
    if (life == null) {
      life = new Life(thread.javaId());
      ofTid.add(life);
    }
    if (thread.name() != null) {
      life.name = thread.name();
    }
    return life;
  }

  /** Whether only the time decides which of several Java threads an id means. */
  public boolean isReused(long osTid) {
    List<Life> ofTid = lives.get(osTid);
    return ofTid != null && ofTid.size() > 1;
  }

  /**
   * The thread that an id meant.
   *
   * @param time nanoseconds since the epoch
   * @param name what the event calls it; used if Java does not know the thread
   */
  public ThreadId resolve(long osTid, long time, String name) {
    List<Life> candidates = candidates(osTid, name);
    Life nearest = null;
    for (Life life : candidates) {
      if (nearest == null || life.distance(time) < nearest.distance(time)) {
        nearest = life;
      }
    }
    // The only one of that name is it, even if the time is the middle of a long interval.
    boolean sure = candidates.size() == 1 && (isReused(osTid) || candidates.get(0).isCutTo(name));
    if (nearest != null && (sure || nearest.distance(time) <= SLACK_NS)) {
      return note(new ThreadId(osTid, nearest.name, nearest.javaId));
    }
    return note(new ThreadId(osTid, nativeNames.getOrDefault(osTid, name), 0));
  }

  // Of several threads that had the id, the one of that name; the kernel keeps its begin only.
  private List<Life> candidates(long osTid, String name) {
    List<Life> all = lives.getOrDefault(osTid, List.of());
    if (all.size() < 2 || name == null || name.isEmpty()) {
      return all;
    }
    List<Life> named = all.stream().filter(l -> l.name != null && l.name.startsWith(name)).toList();
    // Without times, one of another name is as likely to be a thread that the recorder never saw.
    boolean timed = all.stream().anyMatch(Life::isTimed);
    return named.isEmpty() && timed ? all : named;
  }

  /** The thread that the event itself names, if it is the one of the id; else null. */
  public ThreadId confirmed(long osTid, ParserThread thread) {
    if (thread == null || thread.javaId() <= 0 || thread.osTid() != osTid) {
      return null;
    }
    return named(thread);
  }

  /** The thread that the recorder itself names: no other can be meant. */
  public ThreadId named(ParserThread thread) {
    return thread == null
        ? null
        : note(new ThreadId(thread.osTid(), thread.name(), thread.javaId()));
  }

  // Keeps the latest name, and one instance per thread.
  private ThreadId note(ThreadId id) {
    ThreadId known = seen.get(id);
    if (known == null || !known.name().equals(id.name()) && !id.name().isEmpty()) {
      seen.remove(id);
      seen.put(id, id);
      return id;
    }
    return known;
  }

  /** Every thread that an event or a measure named, under its latest name. */
  public Collection<ThreadId> seen() {
    return seen.values();
  }
}
