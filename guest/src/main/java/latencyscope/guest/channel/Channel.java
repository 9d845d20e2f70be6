package latencyscope.guest.channel;

import java.util.List;
import latencyscope.guest.settings.ReadMode;

/**
 * Where a capture's events come from: joins the part that knows the engine's JVM with a part that
 * knows the kernel. The in-memory channel of this JVM's own {@link Host} is one.
 *
 * <p>Used by one thread at a time; the capture's session sees to that. No method throws because of
 * the kernel: what went wrong is said once, and in {@link #probes}.
 */
public interface Channel extends AutoCloseable {
  /** Whether nothing is captured; {@link #probes} says why. */
  boolean isEmpty();

  /** Whether there will be no more from it, so that another one is to be opened. */
  default boolean hasEnded() {
    return false;
  }

  /** Names of the modules that capture. */
  List<String> modules();

  /** Every probe, in place or not. */
  List<Probe> probes();

  /** What is being captured, in a sentence. */
  String status();

  /** What the recordings want of the log, and how soon they want what they keep. */
  void mode(ReadMode wanted);

  /** Whether records should be taken before it is time for all. Takes no lock. */
  boolean isUrgent();

  /** Whether there is anything to drain. Takes no lock. */
  boolean haveWork();

  /** Bytes that wait to be drained. */
  long pendingBytes();

  /** Turns a batch of records into events; says whether there may be more. */
  boolean drain(int limit);

  /** Whether there are threads whose names are to be taken. */
  boolean haveThreadsToMeet();

  /** Takes the names of threads that were not known yet, while they live. */
  void meetThreads();

  /** What is to be done about once a second, by the drain thread. */
  void runMaintenance();

  /** Says that the drain thread is about to do something else than to read records. */
  void beforeOtherWork();

  /**
   * Has the drain thread sleep until it is time to look again.
   *
   * @param busy whether many records wait, so that it should be soon
   * @param leftNs time until there is work that is done by the clock, nanoseconds
   * @return how long it was to take, nanoseconds: what it took beyond that, the thread had no CPU
   */
  long pause(boolean busy, long leftNs);

  /** Has the drain thread look soon. May be called by any thread. */
  void wake();

  /**
   * Moves the calling thread, one of ours, to where the drain thread may run.
   *
   * @throws Exception if the kernel refuses
   */
  void moveToDrainCpus() throws Exception;

  /** CPU time that the drain thread has used, nanoseconds; 0 if the kernel does not report it. */
  long drainNs();

  /** CPU time that setting up took on separate threads, nanoseconds. */
  long loadingNs();

  /** Commits what the channel itself costs and knows, of the given interval of ticks. */
  void report(long startTicks, long endTicks);

  /** Which event types were recorded since the last call, as {@code Capture} has it. */
  String takeRecordedEvents();

  /**
   * Commits everything up to now.
   *
   * @param withLog whether to add what the logs hold
   */
  void complete(boolean withLog);

  /** From when on every module's records become events; 0 without a module. */
  long recordsFromTicks();

  /** Until when every module's records have become events; 0 without a module. */
  long recordsUntilTicks();

  /** Ends the capture; nothing of it is left in the kernel. */
  @Override
  void close();
}
