package latencyscope.jfr;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Settings for the flight recorder: which of LatencyScope's events it keeps, and which of the JDK's
 * own a latency engineer needs beside them.
 *
 * <p>The one source both of the {@code .jfc} files and of the recordings that the agent starts.
 */
public enum Profile {
  /** For production: few events, all counts. */
  PRODUCTION(
      "latencyscope",
      "LatencyScope",
      "Kernel latency of the JVM's threads, for production",
      "10 us",
      "1 ms",
      """
        Every occurrence is counted in the kernel and is in the histograms and counters,
        whatever the threshold; single events, which name the culprit, are kept from 10 us on:
        above what a wakeup takes on an idle CPU, so that a sound machine writes next to
        nothing, and below anything that an order would wait for. Java's own blocking is kept
        from 10 us on where threads contend, from 1 ms on where they may just be idle.
      """),

  /** For the laboratory: every event. */
  FULL(
      "latencyscope-full",
      "LatencyScope full",
      "Kernel latency of the JVM's threads, every single event",
      "0 ns",
      "0 ns",
      """
        Every single event is kept, also those of some 100 ns. A machine that switches threads
        100,000 times a second writes several megabytes a second.
      """);

  /** Default threshold of a type whose events cost more than their duration. */
  public static final String EVERY_ONE = "0 ns";

  private static final String KERNEL_THRESHOLD = "kernel-threshold";
  private static final String JAVA_THRESHOLD = "java-threshold";
  private static final String IDLE_THRESHOLD = "idle-threshold";

  /** Labels of the controls that say what is watched, by name of the control. */
  private static final Map<String, String> WATCHED =
      new TreeMap<>(
          Map.of(
              "watch-cpus", "CPUs to watch, such as 4-7 (empty: all)",
              "watch-threads", "Threads to watch, such as strategy*+feed (empty: all)",
              "watch-trigger", "Write the last seconds to a file on, such as runqueue&gt;100us"));

  private static final String[] DESCRIPTION = {
    "ActiveSetting",
    "DataLoss",
    "GCConfiguration",
    "JVMInformation",
    "ThreadEnd",
    "ThreadStart",
    "VirtualizationInformation"
  };

  private static final String[] PAUSES = {
    "GarbageCollection",
    "GCPhasePause",
    "SafepointBegin",
    "SafepointEnd",
    "SafepointStateSynchronization",
    "ExecuteVMOperation",
    "ZAllocationStall"
  };

  // A thread that parks may wait for a lock: the event says for which, and nothing else does.
  private static final String[] CONTENTION = {
    "JavaMonitorEnter", "ThreadPark", "VirtualThreadPinned"
  };

  // An idle thread sleeps and waits all day.
  private static final String[] BLOCKING = {
    "JavaMonitorWait",
    "ThreadSleep",
    "SocketRead",
    "SocketWrite",
    "FileRead",
    "FileWrite",
    "FileForce"
  };

  private final String profileName;
  private final String label;
  private final String description;
  private final String threshold;
  private final String idleThreshold;
  private final String reason;

  Profile(
      String profileName,
      String label,
      String description,
      String threshold,
      String idleThreshold,
      String reason) {
    this.profileName = profileName;
    this.label = label;
    this.description = description;
    this.threshold = threshold;
    this.idleThreshold = idleThreshold;
    this.reason = reason;
  }

  /** Name by which the agent's option {@code start} asks for it. */
  public String profileName() {
    return profileName;
  }

  /** Name of its file. */
  public String file() {
    return profileName + ".jfc";
  }

  /**
   * The settings as a {@code Recording} takes them, by keys like {@code jdk.ThreadStart#enabled}.
   */
  public Map<String, String> settings() {
    Map<String, String> flat = new LinkedHashMap<>();
    events()
        .forEach((event, settings) ->
            settings.forEach((setting, value) -> flat.put(event + '#' + setting, value)));
    return flat;
  }

  /** The content of its file, in UTF-8. */
  public String toXml() {
    StringBuilder xml = new StringBuilder();
    xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<!--\n").append(reason.indent(2));
    xml.append("    Combine it with a profile of the JDK: settings=profile settings=")
        .append(file())
        .append("\n-->\n");
    xml.append(
        String.format(
            "<configuration version=\"2.0\" label=\"%s\" description=\"%s\""
                + " provider=\"LatencyScope\">%n",
            label, description));
    events().forEach((event, settings) -> append(xml, event, settings));
    appendControls(xml);
    return xml.append("</configuration>\n").toString();
  }

  private static void append(StringBuilder xml, String event, Map<String, String> settings) {
    xml.append("\n  <event name=\"").append(event).append("\">\n");
    settings.forEach((setting, value) ->
        xml.append("    <setting name=\"")
            .append(setting)
            .append(control(event, setting).map(name -> "\" control=\"" + name).orElse(""))
            .append("\">")
            .append(value)
            .append("</setting>\n"));
    xml.append("  </event>\n");
  }

  /** The control of the file that a setting follows, if there is one. */
  private static Optional<String> control(String event, String setting) {
    if (event.startsWith("jdk.")) {
      String name = event.substring("jdk.".length());
      return !setting.equals("threshold")
          ? Optional.empty()
          : List.of(CONTENTION).contains(name)
              ? Optional.of(JAVA_THRESHOLD)
              : Optional.of(IDLE_THRESHOLD).filter(c -> List.of(BLOCKING).contains(name));
    }
    Schema.Type type =
        Schema.types().stream().filter(t -> t.name().equals(event)).findFirst().orElseThrow();
    if (type.module().equals(Schema.CAPTURE)) {
      return Optional.of("watch-" + setting).filter(WATCHED::containsKey);
    }
    return switch (setting) {
      case "enabled" -> Optional.of("module-" + type.module());
      case "threshold" ->
          Optional.of(KERNEL_THRESHOLD).filter(c -> !type.threshold().get().equals(EVERY_ONE));
      default -> Optional.empty();
    };
  }

  // What template managers show, and what jcmd takes beside settings=: kernel-threshold=5us.
  private void appendControls(StringBuilder xml) {
    xml.append("\n  <control>\n");
    appendTime(xml, KERNEL_THRESHOLD, "Kernel events from this length on", threshold);
    appendTime(xml, JAVA_THRESHOLD, "Java locks and parks from this length on", threshold);
    appendTime(
        xml, IDLE_THRESHOLD, "Java sleeps, waits and I/O from this length on", idleThreshold);
    for (String module : Schema.modules()) {
      String events =
          Schema.types().stream()
              .filter(type -> type.module().equals(module))
              .map(type -> type.name().substring(type.name().lastIndexOf('.') + 1))
              .collect(Collectors.joining(", "));
      xml.append("    <flag name=\"module-")
          .append(module)
          .append("\" label=\"Module ")
          .append(module + ": " + events)
          .append("\">true</flag>\n");
    }
    WATCHED.forEach((name, label) ->
        xml.append("    <text name=\"")
            .append(name)
            .append("\" label=\"")
            .append(label)
            .append("\"></text>\n"));
    xml.append("  </control>\n");
  }

  private static void appendTime(StringBuilder xml, String name, String label, String value) {
    xml.append("    <text name=\"")
        .append(name)
        .append("\" label=\"")
        .append(label)
        .append("\" contentType=\"timespan\" minimum=\"0 s\">")
        .append(value)
        .append("</text>\n");
  }

  /** Settings by event: ours first. */
  private Map<String, Map<String, String>> events() {
    Map<String, Map<String, String>> events = new LinkedHashMap<>();
    Schema.types().forEach(type -> events.put(type.name(), settings(type)));
    jdkEvents().forEach((event, settings) -> events.put("jdk." + event, settings));
    return events;
  }

  private Map<String, String> settings(Schema.Type type) {
    Map<String, String> settings = enabled();
    type.threshold()
        .ifPresent(byDefault ->
            settings.put("threshold", byDefault.equals(EVERY_ONE) ? EVERY_ONE : threshold));
    type.settings().forEach(name -> settings.put(name, ""));
    return settings;
  }

  // What readers need to name threads and to describe JVM and host; then, in the order in which an
  // engineer suspects them, what else stops a Java thread.
  private Map<String, Map<String, String>> jdkEvents() {
    Map<String, Map<String, String>> events = new LinkedHashMap<>();
    for (String described : DESCRIPTION) {
      events.put(described, enabled());
    }
    for (String pause : PAUSES) {
      events.put(pause, withThreshold("0 ns"));
    }
    for (String contended : CONTENTION) {
      events.put(contended, withStack(threshold));
    }
    for (String idle : BLOCKING) {
      events.put(idle, withStack(idleThreshold));
    }
    return events;
  }

  private static Map<String, String> enabled() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("enabled", "true");
    return settings;
  }

  private static Map<String, String> withThreshold(String threshold) {
    Map<String, String> settings = enabled();
    settings.put("threshold", threshold);
    return settings;
  }

  private static Map<String, String> withStack(String threshold) {
    Map<String, String> settings = withThreshold(threshold);
    settings.put("stackTrace", "true");
    return settings;
  }
}
