package latencyscope.recording;

import java.util.List;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;

/** Makes recordings of the memory module out of values. */
public final class MemoryFixture {
  private static final String MODULE = "memory";

  private final Fixture fixture = new Fixture();

  /** What was captured: everything, or some CPUs; 10 s of process 4711, with all probes. */
  public MemoryFixture(String cpus) {
    this(cpus, 1);
  }

  /** The same, on a host with some NUMA nodes. */
  public MemoryFixture(String cpus, long numaNodes) {
    fixture.capture(MODULE, cpus, "", numaNodes);
    for (String probe :
        List.of(
            "ls_page_fault_user",
            "ls_page_faults_min",
            "ls_page_faults_maj",
            "ls_tlb_flush",
            "ls_csd_function_entry",
            "ls_collapse_huge_page",
            "ls_migrate_pages")) {
      fixture.probe(MODULE, probe, "attached", null, null);
    }
  }

  private MemoryFixture() {}

  /** A capture of which nothing is known but that the module was asked for. */
  public static MemoryFixture withoutProbes() {
    MemoryFixture memory = new MemoryFixture();
    memory.fixture.capture(MODULE, "", "");
    return memory;
  }

  /** Adds a count of a thread. */
  public MemoryFixture count(String measure, ThreadId thread, long value) {
    fixture.add(
        "Counter",
        "startTime",
        Fixture.START,
        "duration",
        0L,
        "module",
        MODULE,
        "measure",
        measure,
        "thread",
        thread.name(),
        "osThreadId",
        thread.osTid(),
        "value",
        value);
    return this;
  }

  /** Adds what a CPU received, whoever ran there. */
  public MemoryFixture receivedOn(int cpu, long value) {
    return count("shootdowns_received", "cpu", cpu, cpu, value);
  }

  /** Adds huge pages that were made in the target's memory. */
  public MemoryFixture collapsed(long value) {
    return count("huge_pages_collapsed", "process", 4711, -1, value);
  }

  /** Adds mappings of huge pages that were split on the host. */
  public MemoryFixture split(long value) {
    return count("thp_split_pmd", "host", 0, -1, value);
  }

  private MemoryFixture count(String measure, String subject, long id, long cpu, long value) {
    fixture.add(
        "Counter",
        "startTime",
        Fixture.START,
        "duration",
        0L,
        "module",
        MODULE,
        "measure",
        measure,
        "subject",
        subject,
        "subjectId",
        id,
        "cpu",
        cpu,
        "value",
        value);
    return this;
  }

  /** Adds a distribution of a thread. */
  public MemoryFixture distribution(String measure, ThreadId thread, long count, long ns) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(ns, count);
    fixture.add(
        "Histogram",
        "startTime",
        Fixture.START,
        "duration",
        0L,
        "module",
        MODULE,
        "measure",
        measure,
        "thread",
        thread.name(),
        "osThreadId",
        thread.osTid(),
        "count",
        count,
        "total",
        count * ns,
        "max",
        ns,
        "unbinned",
        0L,
        "distribution",
        Fixture.encode(histogram));
    return this;
  }

  /** Adds minor faults of one length, and the first of them as an event. */
  public MemoryFixture minor(
      ThreadId thread, String region, long count, long ns, boolean monitored) {
    count("minor_faults", thread, count);
    if (monitored) {
      count("minor_faults_monitored", thread, count);
    }
    distribution("fault_" + region.replace('-', '_'), thread, count, ns);
    return fault(thread, 0, ns, "minor", region, null, 0);
  }

  /** Adds a major fault in every page of a file, from its begin. */
  public MemoryFixture major(ThreadId thread, String file, int count, long ns) {
    count("major_faults", thread, count);
    distribution("fault_mapped_file", thread, count, ns);
    distribution("major_fault", thread, count, ns);
    for (int i = 0; i < count; i++) {
      fault(thread, i * 1_000_000L, ns - i, "major", "mapped-file", file, i * 4096L);
    }
    return this;
  }

  private MemoryFixture fault(
      ThreadId thread, long offset, long ns, String kind, String region, String file, long at) {
    return fault(thread, offset, ns, kind, region, file, at, -1, -1);
  }

  private MemoryFixture fault(
      ThreadId thread,
      long offset,
      long ns,
      String kind,
      String region,
      String file,
      long at,
      int pageNode,
      int cpuNode) {
    return event(
        "PageFault",
        thread,
        offset,
        ns,
        "kind",
        kind,
        "mode",
        "user",
        "access",
        "write",
        "address",
        0x7f00_0000_0000L,
        "region",
        region,
        "file",
        file,
        "fileOffset",
        at,
        "pageNode",
        pageNode,
        "cpuNode",
        cpuNode);
  }

  /** Adds pages of one use that were sampled, on a NUMA node. */
  public MemoryFixture sampled(String region, int node, long pages) {
    return count("pages_sampled_" + region, "node", node, -1, pages);
  }

  /** Adds a minor fault of a page on one NUMA node, on a CPU of another. */
  public MemoryFixture located(ThreadId thread, int pageNode, int cpuNode) {
    return fault(thread, 0, 900, "minor", "java-heap", null, 0, pageNode, cpuNode);
  }

  /** Adds shootdowns that a thread of process 4711, or of another, sent to a thread on CPU 4. */
  public MemoryFixture shot(ThreadId victim, String sender, long pid, int count, long ns) {
    for (int i = 0; i < count; i++) {
      event(
          "TlbShootdown",
          victim,
          i * 1_000_000L,
          ns,
          "pages",
          4L,
          "sender",
          sender,
          "senderTid",
          pid + 1,
          "senderPid",
          pid,
          "senderCpu",
          2L);
    }
    distribution("shootdown", victim, count, ns);
    return count("shootdowns_received", victim, count);
  }

  /** Adds a time in which a thread made room for its own memory. */
  public MemoryFixture stall(ThreadId thread, String kind, long ns) {
    distribution("stall_" + kind.replace('-', '_'), thread, 1, ns);
    long pages = kind.equals("compaction") ? 0 : 32;
    return event("MemoryStall", thread, 0, ns, "kind", kind, "pages", pages);
  }

  /** Adds pages that NUMA balancing had a thread move. */
  public MemoryFixture balanced(ThreadId thread, long pages, long ns) {
    count("pages_migrated", thread, pages).count("pages_migrated_numa", thread, pages);
    return event(
        "NumaEvent", thread, 0, ns, "reason", "numa-balancing", "pages", pages, "failedPages", 0L);
  }

  private MemoryFixture event(
      String name, ThreadId thread, long offset, long duration, Object... more) {
    fixture.event(MODULE, name, thread, offset, duration, 4, more);
    return this;
  }

  /** The events, for outputs that show them one by one. */
  public EventSource source() {
    return fixture.source();
  }

  /** What is to be said of it. */
  public Report report(Limit... limits) {
    return fixture.report(limits);
  }

  /** A journal that is read from disk, a thread that unmaps, and a heap that grows. */
  public static MemoryFixture badDay() {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    ThreadId feed = new ThreadId(4721, "md-feed", 0);
    ThreadId gc = new ThreadId(4715, "GC Thread#0", 0);
    return new MemoryFixture("4-7")
        .major(strategy, "/var/lib/engine/journal.3", 12, 187_412)
        .minor(strategy, "java-heap", 512, 1_432, true)
        .minor(gc, "java-heap", 20_480, 1_210, false)
        .minor(feed, "anonymous", 3, 2_211, true)
        .shot(strategy, "md-feed", 4711, 940, 712)
        .count("shootdowns_received_monitored", strategy, 940)
        .count("shootdowns_sent", feed, 1_020)
        .count("tlb_remote_shootdown", strategy, 940)
        .count("tlb_task_switch", feed, 80_211)
        .receivedOn(4, 951)
        .collapsed(3)
        .split(2)
        .stall(feed, "compaction", 4_812_003);
  }
}
