package latencyscope.recording.thread;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Full names of threads that events name by an id and by what the kernel keeps of the name, which
 * is 15 bytes.
 *
 * <p>Learn all ids of a container first, then the recorder's threads, then ask. Not safe for use by
 * several threads.
 */
public final class ThreadNames {
  private static final int KERNEL_BYTES = 15;

  private final ThreadTable table = new ThreadTable();
  private final Map<Long, Long> hostIds = new HashMap<>();
  private final Map<Long, Object> recorded = new HashMap<>();
  private long target;

  /** Creates one that knows no thread. */
  public ThreadNames() {}

  /** Notes which thread of the host a thread of a container is. */
  public void learnHostId(long inContainer, long onHost) {
    hostIds.put(inContainer, onHost);
  }

  /** Notes whose threads are recorded. */
  public void learnTarget(long pid) {
    target = pid;
  }

  /** Notes a thread from the recorder's own table, as the JMC parser gives it. */
  public void learn(Object parserThread) {
    ParserThread thread = ParserThread.of(parserThread);
    if (thread == null || thread.osTid() <= 0) {
      return;
    }
    long onHost = hostIds.getOrDefault(thread.osTid(), thread.osTid());
    table.learn(new ParserThread(onHost, thread.javaId(), thread.name()));
    recorded.putIfAbsent(onHost, parserThread);
  }

  /** The recorder's own object for a thread; null if it does not know the thread. */
  public Object recorded(long osTid) {
    return recorded.get(osTid);
  }

  /** The name of a thread that was recorded. */
  public String ofThread(long osTid, String kernelName) {
    String known = known(osTid, kernelName);
    return known == null ? kernelName : known;
  }

  /**
   * The name of any task: of another process, or of one that had the id before, it is the kernel's.
   *
   * @param pid its process; 0 if the event does not say
   */
  public String ofTask(long tid, long pid, String kernelName) {
    String known = tid <= 0 || kernelName == null ? null : known(tid, kernelName);
    boolean same =
        known != null && (kernelName.equals(kernelName(known)) || pid > 0 && pid == target);
    return same ? known : kernelName;
  }

  private String known(long osTid, String kernelName) {
    String name = table.resolve(osTid, 0, kernelName).name();
    return name.isEmpty() ? null : name;
  }

  /** What the kernel keeps of a name, without a character that it cut. */
  public static String kernelName(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= KERNEL_BYTES) {
      return name;
    }
    int end = KERNEL_BYTES;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
