package latencyscope.guest.thread;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import latencyscope.jfr.NameGlob;

/**
 * Whether a thread belongs to what is to be captured: its name is one that the user asked for, and
 * it is not the agent's own. Safe for use by several threads.
 */
public final class WatchedThreads implements BiPredicate<Integer, String> {
  private final List<NameGlob> names;
  private final Set<Integer> own = ConcurrentHashMap.newKeySet();

  /** Watches names that match one of the globs, or all if there are none. */
  public WatchedThreads(List<String> globs) {
    names = globs.stream().map(NameGlob::new).toList();
  }

  /** Leaves out a thread of the agent. */
  public void leaveOut(int osThreadId) {
    own.add(osThreadId);
  }

  @Override
  public boolean test(Integer osThreadId, String name) {
    return !own.contains(osThreadId)
        && (names.isEmpty() || names.stream().anyMatch(glob -> glob.matches(name)));
  }
}
