package latencyscope.agent.module;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import latencyscope.agent.account.SubjectAccount;
import latencyscope.agent.account.ThreadAccount;
import latencyscope.bpf.btf.Struct;
import latencyscope.guest.budget.EventFlow;
import latencyscope.guest.event.EventSink;
import latencyscope.jfr.capture.RecordsLost;

/** What one module has lost, each loss reported once. Used by one thread at a time. */
final class ModuleLosses {
  /** Transient: the first event of a thread, a few in a hundred million. */
  private static final String WITHOUT_STATE =
      "a thread's first event came while the kernel was busy with another thread's state";

  private final EventSink sink;
  private final String module;
  private final EventFlow[] flows;
  private final MemorySegment lost;
  private final long[] lostReported;
  private final long[] unreadableReported;
  private final long leastRecordBytes;
  private long skippedBytes;

  /**
   * @param flows the module's types of event, by the number of their records
   * @param lost how many records of each number found no room
   * @param structs the records' structures
   * @param sink takes the events
   */
  ModuleLosses(
      String module,
      EventFlow[] flows,
      MemorySegment lost,
      Collection<Struct> structs,
      EventSink sink) {
    this.sink = sink;
    this.module = module;
    this.flows = flows;
    this.lost = lost;
    lostReported = new long[flows.length];
    unreadableReported = new long[flows.length + 1];
    leastRecordBytes = structs.stream().mapToInt(Struct::size).min().orElse(Long.BYTES);
  }

  /** Bytes of the ring were passed over because they were corrupt. */
  void skipped(long bytes) {
    skippedBytes += bytes;
  }

  /** Reports records lost since the last call; says whether the ring has overflowed. */
  boolean report(ModuleRecords records) {
    boolean overflowed = false;
    for (int i = 0; i < lostReported.length; i++) {
      long now = lost.getAtIndex(ValueLayout.JAVA_LONG, i);
      overflowed |= now != lostReported[i];
      loss(flows[i].eventName(), now - lostReported[i], "the ring buffer was full");
      lostReported[i] = now;
    }
    for (int i = 0; i < unreadableReported.length; i++) {
      long now = records.unreadable(i);
      String type = i < flows.length ? flows[i].eventName() : "unknown type";
      loss(type, now - unreadableReported[i], "they could not be converted to events");
      unreadableReported[i] = now;
    }
    // How many were in there is unknown: as many as there can have been.
    long skipped = Math.ceilDiv(skippedBytes, leastRecordBytes);
    loss("unknown type", skipped, "the ring buffer was corrupt");
    skippedBytes = 0;
    return overflowed;
  }

  /**
   * Reports what could not even be counted since the last call.
   *
   * @param subjects null if the module measures threads alone
   */
  void ofThreads(ThreadAccount threads, SubjectAccount subjects) {
    loss(null, threads.newlyWithoutSlot(), "the table of threads was full");
    loss(null, threads.newlyWithoutState(), WITHOUT_STATE);
    if (subjects != null) {
      loss(null, subjects.newlyWithout(), "the table of counters was full");
    }
  }

  private void loss(String type, long count, String reason) {
    if (count == 0) {
      return;
    }
    RecordsLost event = new RecordsLost();
    event.module = module;
    event.type = type;
    event.count = count;
    event.reason = reason;
    sink.commit(event);
  }
}
