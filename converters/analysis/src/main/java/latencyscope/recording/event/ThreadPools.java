package latencyscope.recording.event;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadTable;
import org.openjdk.jmc.common.collection.FastAccessNumberMap;
import org.openjdk.jmc.flightrecorder.IParserStats;
import org.openjdk.jmc.flightrecorder.parser.IConstantPoolExtension;

/**
 * Holds on to the recorder's own tables of threads while a recording is loaded: they name threads
 * that no event of the JVM's does, such as its compiler's. Holds no more than Mission Control does.
 *
 * <p>Mission Control reads chunks side by side. Safe for use by several threads.
 */
public final class ThreadPools implements IConstantPoolExtension {
  private static final String ID = "latencyscope.threads";

  private final Queue<FastAccessNumberMap<Object>> pools = new ConcurrentLinkedQueue<>();

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public void allConstantPoolsResolved(Map<String, FastAccessNumberMap<Object>> all) {
    FastAccessNumberMap<Object> threads = all.get("java.lang.Thread");
    if (threads != null) {
      pools.add(threads);
    }
  }

  /** The tables of a recording that was loaded with {@link KernelTimes}; null if it was not. */
  public static ThreadPools of(Object items) {
    return items instanceof IParserStats stats
            && stats.getConstantPoolExtensions().get(ID) instanceof ThreadPools found
        ? found
        : null;
  }

  /** Adds every thread to a table. */
  public void addTo(ThreadTable threads) {
    pools.forEach(pool -> pool.forEach(thread -> threads.learn(ParserThread.of(thread))));
  }
}
