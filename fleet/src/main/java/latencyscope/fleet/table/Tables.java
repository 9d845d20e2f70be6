package latencyscope.fleet.table;

import static latencyscope.fleet.table.Column.Type.BIGINT;
import static latencyscope.fleet.table.Column.Type.BOOLEAN;
import static latencyscope.fleet.table.Column.Type.VARCHAR;

import java.util.ArrayList;
import java.util.List;

/** All tables. Columns are added, and never renamed or given another meaning. */
public final class Tables {
  /** Version of the tables: a higher one has more columns. */
  public static final int VERSION = 1;

  /** What the path of a row's file says, in the order of its folders. */
  public static final List<Column> PATH =
      List.of(
          of("day", "Day on which the recording began, UTC, as yyyy-mm-dd"),
          of("host", "Name of the host"),
          of("capture", "Id of the capture: the beginning of the recording's SHA-256"));

  /** One row for each recording. */
  public static final Table CAPTURES =
      new Table(
          "captures",
          "One row for each recording: what was captured, where, and how complete it is.",
          List.of(
              count("schema_version", "Version of the tables"),
              of("file", "Name of the recording's file, without its folder"),
              count("size_bytes", "Size of the file"),
              count("started_epoch_ns", "Begin of the capture, since 1970 in UTC"),
              count("duration_ns", "Time that was captured, without gaps"),
              of("tool_version", "Version of LatencyScope that captured"),
              of("kernel", "Kernel release and version"),
              of("cpus", "CPUs that were online"),
              of("isolated_cpus", "CPUs that were isolated at boot"),
              of("nohz_full_cpus", "CPUs whose tick can stop"),
              count("numa_nodes", "Number of NUMA nodes"),
              of("virtualization", "What the JVM says of a hypervisor"),
              count("target_pid", "Process that was watched; 0 for every process"),
              of("target_command", "Its command line"),
              of("target_jvm", "Its JVM"),
              of("target_gc", "Its garbage collector"),
              new Column("target_alive", BOOLEAN, "Whether it lived at the end of the capture"),
              of("modules", "Modules that captured, joined with +"),
              of("scope_threads", "Thread names to which the capture was limited; empty for all"),
              of("scope_cpus", "CPUs to which the capture was limited; empty for all"),
              count("exit_code", "Exit code of a report on this recording"),
              count("violations", "Verdicts that failed"),
              count("warnings", "Verdicts that warn"),
              count("not_measured", "Questions that the recording does not answer"),
              count("contract_passed", "Clauses of --contract that passed; empty without one"),
              count("contract_violated", "Clauses that were violated"),
              count("contract_inconclusive", "Clauses that are inconclusive"),
              count("records", "Events of LatencyScope in the recording"),
              count("records_lost", "Events that were lost, as far as they were counted"),
              count("clock_error_ns", "Largest error of an event's time"),
              of("chunks", "Chunks of the recording, as begin in ns:ticks, joined with +")));

  /** What differs between hosts, as rows. */
  public static final Table FACTS =
      new Table(
          "facts",
          "One row for each setting of host and JVM that latency depends on.",
          List.of(of("name", "Name of the setting"), of("value", "Its value")));

  /** Every distribution's buckets. */
  public static final Table MEASURES =
      new Table(
          "measures",
          "One row for each bucket of a distribution that is not empty. Buckets are those of an"
              + " HdrHistogram with 3 digits, the same in every recording: counts may be added"
              + " over any rows.",
          owned(
              List.of(
                  count("bucket_upper_ns", "Largest value that falls into the bucket"),
                  count("count", "Occurrences in the bucket"))));

  /** What a distribution's buckets do not say. */
  public static final Table DISTRIBUTIONS =
      new Table(
          "distributions",
          "One row for each distribution: what is exact beside its buckets.",
          owned(
              List.of(
                  count("count", "Occurrences"),
                  count("total_ns", "Sum of all values"),
                  count("max_ns", "Largest value"),
                  count("unbinned", "Occurrences that are in no bucket"))));

  /** Exact counts. */
  public static final Table COUNTERS =
      new Table(
          "counters",
          "One row for each exact count. A measure whose name ends with _ns is a time, one with"
              + " _bytes a size; others are occurrences. `captured_ns` is the time that the module"
              + " counted: a rate is a count divided by it. The module `lost` says what the threads"
              + " that matter lost of their time, and to what.",
          owned(List.of(count("value", "The count"))));

  /** What the report found. */
  public static final Table FINDINGS =
      new Table(
          "findings",
          "One row for each finding of the report, but for notes on the capture itself.",
          List.of(
              of("module", "Module that found it"),
              of("severity", "PASS, WARN or FAIL"),
              of("kind", "What it is about, such as cpu_wait or lock"),
              of("title", "What happened"),
              of("thread", "Thread that it happened to"),
              of("thread_group", "The same with # for numbers, so that threads of a pool are one"),
              of("culprit", "Who or what did it, with its ids"),
              of("culprit_group", "The same without ids, so that it is one over hosts and days"),
              count("count", "How often"),
              count("total_ns", "Time that it cost"),
              count("worst_ns", "The most that it cost at once"),
              count("worst_epoch_ns", "When that was, since 1970 in UTC"),
              count("lost_ns", "Time that threads lost to it which matter"),
              of("evidence", "What it rests on"),
              of("remedy", "What to do, a sentence or an indented command to a line"),
              of("commands", "The commands alone, one a line"),
              of("stack", "Where in the program the worst was, a frame a line")));

  /** The slowest windows. */
  public static final Table STALLS =
      new Table(
          "stalls",
          "One row for each of the slowest operations of the application, and of the longest"
              + " collections. Operations that one delay made slow are one row.",
          List.of(
              count("stall", "Number within the capture, from 1 on"),
              of("event", "Event type of the operation"),
              of("label", "How people call it"),
              of("thread", "Thread that it happened to"),
              count("os_thread_id", "Its id"),
              count("started_epoch_ns", "Begin, since 1970 in UTC"),
              count("duration_ns", "Length"),
              count("others", "More operations of the thread that lie in it"),
              count("unexplained_ns", "What nothing recorded explains")));

  /** What these consist of. */
  public static final Table LEDGER =
      new Table(
          "ledger",
          "One row for each part of a stall. The parts and what is unexplained add up to the"
              + " stall's length.",
          List.of(
              count("stall", "The stall's number within the capture"),
              of("cause", "Why the time passed, such as runnable or page_fault"),
              of("culprit", "Who or what did it"),
              of("culprit_group", "The same without ids"),
              of("within", "What the thread was in when it blocked"),
              of("detail", "What is known of the longest stretch"),
              count("cpu", "CPU on which all of it happened; -1 if that were several"),
              count("part_ns", "How long"),
              count("longest_ns", "Its longest stretch"),
              count("stretches", "Number of stretches")));

  /** Single events, if they are asked for. */
  public static final Table EVENTS =
      new Table(
          "events",
          "One row for each event of the kernel that is at least as long as --events says; without"
              + " that option, none.",
          List.of(
              of("module", "Module that measured it"),
              of("event", "Event type without latencyscope."),
              of("thread", "Thread that it happened to"),
              count("os_thread_id", "Its id"),
              count("cpu", "CPU on which it happened; -1 if the type does not say"),
              count("started_epoch_ns", "Begin, since 1970 in UTC"),
              count("duration_ns", "Length"),
              of("fields", "The type's other fields as JSON")));

  /** All of them, in the order of docs/tables.md. */
  public static final List<Table> ALL =
      List.of(CAPTURES, FACTS, MEASURES, DISTRIBUTIONS, COUNTERS, FINDINGS, STALLS, LEDGER, EVENTS);

  private Tables() {}

  private static Column of(String name, String meaning) {
    return new Column(name, VARCHAR, meaning);
  }

  private static Column count(String name, String meaning) {
    return new Column(name, BIGINT, meaning);
  }

  /** Columns behind those that say what was measured, and of whom. */
  private static List<Column> owned(List<Column> values) {
    List<Column> columns = new ArrayList<>();
    columns.add(
        of("module", "Module that measured; also jvm, lost, and application for its own events"));
    columns.add(of("measure", "What was measured"));
    columns.add(of("kind", "Whose it is: thread, line, vector, device, and so on"));
    columns.add(of("name", "Its name"));
    columns.add(of("name_group", "The same with # for numbers, so that threads of a pool are one"));
    columns.add(count("id", "Its number as the kernel has it; of a thread, the OS thread id"));
    columns.add(count("java_thread_id", "Java's thread id; 0 if it is no Java thread"));
    columns.add(count("cpu", "CPU on which it was measured; -1 for all"));
    columns.addAll(values);
    return columns;
  }
}
