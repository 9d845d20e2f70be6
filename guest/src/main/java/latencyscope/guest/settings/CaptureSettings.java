package latencyscope.guest.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import latencyscope.guest.budget.CostBudget;
import latencyscope.jfr.Schema;
import latencyscope.proc.CpuSet;

/**
 * What to capture: the agent's options, overruled by what the running recordings set on the {@code
 * latencyscope.Capture} event.
 *
 * @param pid process to watch, or {@link #OWN} or {@link #ALL}
 * @param modules names of the modules to load; empty for all
 * @param unused modules none of whose events is enabled: they are not loaded
 * @param threads globs of thread names; empty for all
 * @param cpus CPUs to which the capture is limited; empty for all
 * @param networkInterface interface to which the network module is limited; "" for all
 * @param drainCpus CPUs on which the drain thread may run; empty: chosen by the agent
 * @param budget share of one CPU that the drain thread may use; 0 for any
 * @param budgetIsAsked whether an option says so; else it is the default
 * @param historyBytes what the logs may take, as {@link HistorySize} has it
 * @param accounts whether counts from {@code /proc} are all that is wanted
 * @param broker {@code off}, or the path of its socket; empty for the usual one where it is needed
 * @param probeCost whether the kernel is to count runs and run time of programs
 * @param problems what was given and not understood, as sentences
 */
public record CaptureSettings(
    long pid,
    Set<String> modules,
    Set<String> unused,
    List<String> threads,
    CpuSet cpus,
    String networkInterface,
    CpuSet drainCpus,
    double budget,
    boolean budgetIsAsked,
    long historyBytes,
    boolean accounts,
    String broker,
    boolean probeCost,
    List<String> problems) {
  /** This JVM is the target. */
  public static final long OWN = 0;

  /** Every user process is the target. */
  public static final long ALL = -1;

  /**
   * What is in force now.
   *
   * @param used modules of which an event is enabled
   */
  public static CaptureSettings inForce(
      AgentOptions options, RecordedSettings recorded, Set<String> used) {
    List<String> problems = new ArrayList<>(options.problems());
    Set<String> unused = new TreeSet<>(Schema.modules());
    unused.removeAll(used);
    ReadMode.check(options, recorded, problems);
    return new CaptureSettings(
        pid(recorded.last("pid", ""), problems),
        modules(recorded.last("modules", options.value("modules"))),
        unused,
        list(recorded.last("threads", options.value("threads"))),
        cpus("cpus", recorded.last("cpus", options.value("cpus")), problems),
        recorded.last("networkInterface", options.value("interface")),
        cpus("drain.cpus", options.value("drain.cpus"), problems),
        budget(options.value("budget"), problems),
        !options.value("budget").isEmpty(),
        HistorySize.parse(recorded.last("history", options.value("history")), problems),
        ReadMode.isAccounts(options, recorded),
        options.value("broker").equals("auto") ? "" : options.value("broker"),
        onOrOff(recorded.last("probeCost", options.value("stats")), problems),
        List.copyOf(problems));
  }

  /** The folder in {@code /proc} of a process that settings name. */
  public static Path folder(long pid) {
    return Path.of("/proc", pid == OWN ? "self" : Long.toString(pid));
  }

  public boolean wantsModule(String module) {
    return (modules.isEmpty() || modules.contains(module)) && !unused.contains(module);
  }

  /** Whether an event of any module is wanted at all. */
  public boolean wantsAny() {
    return unused.size() < Schema.modules().size();
  }

  /** CPUs that the agent's options name; none if it is not known which. */
  public static CpuSet cpus(AgentOptions options, String key) {
    return cpus(key, options.value(key), new ArrayList<>());
  }

  /** Conditions of triggers, joined with {@code |}: the agent's option, and what recordings set. */
  public static String triggers(AgentOptions options, RecordedSettings recorded) {
    Set<String> all = new LinkedHashSet<>();
    all.add(options.value("trigger").strip());
    all.addAll(recorded.each("trigger"));
    all.remove("");
    return String.join("|", all);
  }

  private static long pid(String text, List<String> problems) {
    if (text.isEmpty()) {
      return OWN;
    }
    if (text.equals("all")) {
      return ALL;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      problems.add("pid '" + text + "' is neither a number nor 'all'; watching this JVM");
      return OWN;
    }
  }

  private static double budget(String text, List<String> problems) {
    try {
      return CostBudget.parse(text);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage() + "; using 1%");
      return CostBudget.parse("");
    }
  }

  // Of several recordings, one that wants it is enough.
  private static boolean onOrOff(String text, List<String> problems) {
    Set<String> given = new HashSet<>(list(text));
    given.removeAll(Set.of("on", "off"));
    if (!given.isEmpty()) {
      problems.add("stats '" + text + "' is neither on nor off; using off");
    }
    return list(text).contains("on");
  }

  private static Set<String> modules(String text) {
    Set<String> modules = new LinkedHashSet<>(list(text));
    return modules.contains("all") ? Set.of() : modules;
  }

  private static List<String> list(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("[+,]"));
  }

  private static CpuSet cpus(String name, String text, List<String> problems) {
    try {
      return text.isEmpty() ? CpuSet.EMPTY : CpuSet.parse(text.replace('+', ','));
    } catch (IllegalArgumentException e) {
      problems.add(name + ": " + e.getMessage() + "; watching all CPUs");
      return CpuSet.EMPTY;
    }
  }
}
