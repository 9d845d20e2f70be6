package latencyscope.monitor;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import latencyscope.recording.thread.ThreadId;

/** The threads of the target, up to a limit. Not safe for use by several threads. */
final class LiveThreads {
  static final int LIMIT = 256;

  private static final long SILENT_NS = 60_000_000_000L;

  private final Map<Long, LiveThread> threads = new LinkedHashMap<>();
  private final Map<Long, ThreadId> names = new HashMap<>();
  private final Map<Long, String> javaNames = new HashMap<>();
  private long leftOut;

  /** The thread of an event; null if there is no room for it. */
  LiveThread of(ThreadId event, long time) {
    LiveThread known = threads.get(event.osTid());
    ThreadId id = named(event);
    if (known == null) {
      if (threads.size() >= LIMIT && !forgetSilent(time)) {
        leftOut++;
        return null;
      }
      known = new LiveThread(id);
      threads.put(id.osTid(), known);
      names.put(id.osTid(), id);
    } else if (!id.name().isEmpty() && !known.id().name().equals(id.name())) {
      known.renamed(id);
      names.put(id.osTid(), id);
    }
    return known;
  }

  private ThreadId named(ThreadId event) {
    String java = javaNames.get(event.osTid());
    return java == null ? event : new ThreadId(event.osTid(), java, 0);
  }

  /** Makes room for one by forgetting one that has done nothing for a minute. */
  private boolean forgetSilent(long time) {
    for (LiveThread thread : threads.values()) {
      if (thread.lastSeen() < time - SILENT_NS) {
        threads.remove(thread.id().osTid());
        names.remove(thread.id().osTid());
        return true;
      }
    }
    return false;
  }

  LiveThread get(long osTid) {
    return threads.get(osTid);
  }

  Collection<LiveThread> all() {
    return threads.values();
  }

  /** Those that are known, by id: a view. */
  Map<Long, ThreadId> names() {
    return names;
  }

  /** Takes full names, of which events have the first characters only. */
  void learn(Map<Long, String> fullNames) {
    javaNames.clear();
    javaNames.putAll(fullNames);
  }

  /** Events of threads for which there was no room. */
  long leftOut() {
    return leftOut;
  }
}
