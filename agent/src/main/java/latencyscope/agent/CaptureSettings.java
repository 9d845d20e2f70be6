package latencyscope.agent;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import latencyscope.bpf.CpuList;
import latencyscope.jfr.Capture;

/**
 * What to capture: the agent's options, overruled by what the running recordings set on the {@code
 * latencyscope.Capture} event.
 *
 * @param pid process to watch, or {@link #OWN} or {@link #ALL}
 * @param modules names of the modules to load; empty for all
 * @param threads globs of thread names; empty for all
 * @param cpus CPUs to which the capture is limited; empty for all
 * @param networkInterface interface to which the network module is limited; "" for all
 * @param drainCpus CPUs on which the drain thread may run; empty: chosen by the agent
 * @param budget share of one CPU that the drain thread may use; 0 for any
 * @param problems what was given and not understood, as sentences
 */
record CaptureSettings(
    long pid,
    Set<String> modules,
    List<String> threads,
    CpuList cpus,
    String networkInterface,
    CpuList drainCpus,
    double budget,
    List<String> problems) {
  /** This JVM is the target. */
  static final long OWN = 0;

  /** Every user process is the target. */
  static final long ALL = -1;

  static CaptureSettings inForce(AgentOptions options) {
    List<String> problems = new ArrayList<>(options.problems());
    return new CaptureSettings(
        pid(setting("pid", ""), problems),
        modules(setting("modules", options.value("modules"))),
        list(setting("threads", options.value("threads"))),
        cpus("cpus", setting("cpus", options.value("cpus")), problems),
        setting("networkInterface", options.value("interface")),
        cpus("drain.cpus", options.value("drain.cpus"), problems),
        budget(options.value("budget"), problems),
        List.copyOf(problems));
  }

  boolean wantsModule(String module) {
    return modules.isEmpty() || modules.contains(module);
  }

  private static String setting(String name, String otherwise) {
    EventType type = EventType.getEventType(Capture.class);
    String value = otherwise;
    for (Recording recording : FlightRecorder.getFlightRecorder().getRecordings()) {
      if (recording.getState() == RecordingState.RUNNING) {
        Map<String, String> settings = recording.getSettings();
        // Recording.enable(Class) writes the type's id where .jfc files write its name.
        String set = settings.get(type.getId() + "#" + name);
        set = set != null ? set : settings.get(type.getName() + "#" + name);
        value = set == null || set.isBlank() ? value : set;
      }
    }
    return value.strip();
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
      problems.add("pid '" + text + "' is neither a number nor 'all'; this JVM is watched");
      return OWN;
    }
  }

  private static double budget(String text, List<String> problems) {
    try {
      return CostBudget.parse(text);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage() + "; it is 1%");
      return CostBudget.parse("");
    }
  }

  private static Set<String> modules(String text) {
    Set<String> modules = new LinkedHashSet<>(list(text));
    return modules.contains("all") ? Set.of() : modules;
  }

  private static List<String> list(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("[+,]"));
  }

  private static CpuList cpus(String name, String text, List<String> problems) {
    try {
      return text.isEmpty() ? CpuList.NONE : CpuList.parse(text.replace('+', ','));
    } catch (IllegalArgumentException e) {
      problems.add(name + ": " + e.getMessage() + "; all CPUs are watched");
      return CpuList.NONE;
    }
  }
}
