package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.PageColumn;

/**
 * What was captured, over which interval, on which host: one event for every interval between two
 * chunks, so that any part of a continuous recording can be judged by itself.
 *
 * <p>Lists of CPUs are written as the kernel writes them, {@code 0-3,8}; an empty one is "".
 */
@Name("latencyscope.Capture")
@Label("Capture")
@Description("What was captured and on which host")
@Category({"LatencyScope", "capture"})
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
@Period("endChunk")
public final class Capture extends Event {
  /** Version of LatencyScope. */
  @Label("Version")
  public String version;

  /** Process that was watched; 0 for every process on the monitored CPUs. */
  @Label("Target Process Id")
  public long targetPid;

  /** Its command line, cut at 4,096 characters. */
  @Label("Target Command")
  public String targetCommand;

  /** The target's JVM in words; null if the target is not the JVM that recorded this. */
  @Label("Target JVM")
  public String targetJvm;

  /** Modules in force, joined with {@code +}. */
  @Label("Modules")
  public String modules;

  /** Thread name globs in force, joined with {@code +}; empty for all. */
  @Label("Threads")
  public String threads;

  /** CPUs to which the capture was limited; empty for all. */
  @Label("CPUs")
  public String cpus;

  /** Network interface to which the capture was limited; empty for all. */
  @Label("Interface")
  public String networkInterface;

  /** True while the target ran; false if it had ended by the end of the interval. */
  @Label("Target Alive")
  public boolean targetAlive;

  /**
   * Event types of LatencyScope's that a recording wanted for the whole interval, joined with
   * {@code +}: {@code Counter+RunQueueWait=10000}; after the sign, the length from which on single
   * events are kept, nanoseconds.
   */
  @Label("Recorded Events")
  @Description("Event types that were recorded, with the length from which on, in nanoseconds")
  public String events;

  /**
   * CPUs on which threads of the application last ran, of those that ran in the interval; null if
   * the capture is not limited to some CPUs, or watches every process. The JVM's own threads and
   * LatencyScope's are left out since 0.3.
   */
  @Label("Target CPUs")
  @Description("CPUs on which the application's threads ran, if only some CPUs are captured")
  public String targetCpus;

  /** Kernel release and version. */
  @Label("Kernel")
  public String kernel;

  /** CPUs that are online. */
  @Label("Online CPUs")
  public String onlineCpus;

  /** CPUs taken out of load balancing at boot ({@code isolcpus}) . */
  @Label("Isolated CPUs")
  public String isolatedCpus;

  /** CPUs whose tick can stop while one task runs ({@code nohz_full}). */
  @Label("nohz_full CPUs")
  public String nohzFullCpus;

  /** Number of NUMA nodes. */
  @Label("NUMA Nodes")
  public int numaNodes;

  /** From when on events of all modules are recorded. */
  @Label("Records From")
  @Description("From when on events of all modules are recorded: the last one was attached")
  @Timestamp(Timestamp.TICKS)
  @PageColumn(value = 10, width = 160)
  public long recordsFrom;

  /** Until when events of all modules are recorded. */
  @Label("Records Until")
  @Description("Until when events of all modules are recorded: later ones were not read yet")
  @Timestamp(Timestamp.TICKS)
  @PageColumn(value = 11, width = 160)
  public long recordsUntil;

  /** Creates an empty event. */
  public Capture() {}

  /** Setting {@code pid}: process to watch instead of this JVM, or {@code all}. */
  @SettingDefinition
  @Name("pid")
  @Label("Process Id")
  @Description("Process to watch instead of this JVM, or all")
  boolean pid(CaptureSetting control) {
    return true;
  }

  /** Setting {@code cpus}: CPUs to watch, such as {@code 4-7}. */
  @SettingDefinition
  @Name("cpus")
  @Label("CPUs")
  @Description("CPUs to watch, such as 4-7; empty for all")
  boolean cpus(CaptureSetting control) {
    return true;
  }

  /** Setting {@code modules}: modules in force, joined with {@code +}. */
  @SettingDefinition
  @Name("modules")
  @Label("Modules")
  @Description("Modules to load, joined with +; empty or all for all of them")
  boolean modules(CaptureSetting control) {
    return true;
  }

  /** Setting {@code threads}: thread name globs, joined with {@code +}. */
  @SettingDefinition
  @Name("threads")
  @Label("Threads")
  @Description("Thread names to watch, with * and ?, joined with +; empty for all")
  boolean threads(CaptureSetting control) {
    return true;
  }

  // Not called interface: the flight recorder wants names that Java could use.
  /** Setting {@code networkInterface}: network interface to watch. */
  @SettingDefinition
  @Name("networkInterface")
  @Label("Interface")
  @Description("Network interface to watch; empty for all")
  boolean networkInterface(CaptureSetting control) {
    return true;
  }

  /** Setting {@code probeCost}: {@code on} for the kernel's statistics of programs. */
  @SettingDefinition
  @Name("probeCost")
  @Label("Probe Cost")
  @Description(
      "on: the kernel counts runs and time of BPF programs, at two clock reads for each run")
  boolean probeCost(CaptureSetting control) {
    return true;
  }

  /** Setting {@code history}: kernel memory for the logs, such as {@code 64m}. */
  @SettingDefinition
  @Name("history")
  @Label("History")
  @Description("Kernel memory for the log of every occurrence, such as 64m; off for none")
  boolean history(CaptureSetting control) {
    return true;
  }

  /** Setting {@code historyLast}: how much of the log goes into the recording. */
  @SettingDefinition
  @Name("historyLast")
  @Label("History Last")
  @Description("How much of the log goes into a recording when it is dumped, such as 2s; or all")
  boolean historyLast(CaptureSetting control) {
    return true;
  }

  /** Setting {@code mode}: {@code history}, {@code stream} or {@code accounts}. */
  @SettingDefinition
  @Name("mode")
  @Label("Mode")
  @Description(
      "history: records are read about once a second; stream: at once; accounts: counts only")
  boolean mode(CaptureSetting control) {
    return true;
  }

  /** Setting {@code trigger}: conditions on which the last seconds are written to a file. */
  @SettingDefinition
  @Name("trigger")
  @Label("Trigger")
  @Description("Writes the last seconds to a file, such as runqueue>100us|gc>5ms; empty for never")
  boolean trigger(CaptureSetting control) {
    return true;
  }
}
