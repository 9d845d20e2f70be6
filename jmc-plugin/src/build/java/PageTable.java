import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Description;
import jdk.jfr.Label;
import latencyscope.jfr.schema.EventFields;

/**
 * What the event classes do not say of Mission Control's pages: names, sentences, icons, order, and
 * events of the JVM's own. A module that is not here gets a page and a rule from its events alone.
 */
final class PageTable {
  /** The page at the top, which has events of several modules. */
  static final PageSpec OVERVIEW =
      new PageSpec(
          "all",
          "Kernel Latency",
          "What the kernel did to the threads of this JVM while they wanted to run",
          PageIcon.ALL,
          null,
          List.of(), // of every rule
          PageSpec.Layout.ofThreads(),
          false);

  /** Before this one come the pages of modules that are not here. */
  static final String AFTER_MODULES = "jvm";

  /** The others, in their order. */
  static final List<PageSpec> PAGES =
      List.of(
          ofModule(
              "isolation",
              "CPU Isolation",
              "CPU Isolation",
              "Who ran on the CPUs of this JVM's threads, and how long they waited for them",
              PageIcon.ISOLATION),
          new PageSpec(
              "shares",
              "Wait Shares",
              "Who ran when in waits for a CPU that several tasks took up, one row for each stretch",
              PageIcon.SHARES,
              null,
              List.of("latencyscope.isolation"),
              PageSpec.Layout.ofOneType(EventFields.CULPRIT.name()),
              true),
          new PageSpec(
              "offcpu",
              "Off CPU",
              "When threads left their CPU, voluntarily or not, and which task came next",
              PageIcon.OFF_CPU,
              null,
              List.of("latencyscope.isolation"),
              PageSpec.Layout.ofThreads(),
              // A thread that sleeps is off its CPU: shown at once, it would cover all else.
              false),
          ofModule(
              "irq",
              "Interrupts",
              "Interrupts",
              "What interrupts took from this JVM's threads",
              PageIcon.IRQ),
          ofModule(
              "memory",
              "Page Faults and TLB",
              "Page Faults and TLB Shootdowns",
              "Page faults, TLB shootdowns and the kernel's own memory work on this JVM's threads",
              PageIcon.MEMORY),
          ofModule(
              "syscall",
              "System Calls",
              "Blocking System Calls",
              "Where this JVM's threads blocked in the kernel, and who woke them",
              PageIcon.SYSCALL),
          ofModule(
              "network",
              "Packet Reception",
              "Packet Reception",
              "How packets came to the threads that read them, and which never did",
              PageIcon.NETWORK),
          new PageSpec(
              "jvm",
              "GC and Safepoints",
              "Garbage collection pauses and safepoints: their rules name the late thread and the"
                  + " reason",
              PageIcon.JVM,
              "Safepoints and GC Pauses in the Kernel",
              List.of("latencyscope.jvm", "garbage_collection", "vm_operations"),
              PageSpec.Layout.ofJvm(
                  List.of(
                      "jdk.GarbageCollection",
                      "jdk.GCPhasePause",
                      "jdk.SafepointBegin",
                      "jdk.SafepointStateSynchronization",
                      "jdk.SafepointEnd",
                      "jdk.ExecuteVMOperation"),
                  "duration:timespan",
                  new PageSpec.Column("(eventType):type", 200),
                  new PageSpec.Column("startTime:timestamp", 190),
                  new PageSpec.Column("duration:timespan", 110),
                  new PageSpec.Column("name:text", 150),
                  new PageSpec.Column("cause:text", 150),
                  new PageSpec.Column("gcId:number", 128),
                  new PageSpec.Column("safepointId:raw number", 184),
                  new PageSpec.Column("operation:text", 200),
                  new PageSpec.Column("eventThread:thread", 150)),
              true),
          new PageSpec(
              "capture",
              "Kernel Capture",
              "Whether the capture is complete, which probes are in place, and what they cost",
              PageIcon.CAPTURE,
              "Kernel Capture",
              List.of("latencyscope.capture"),
              PageSpec.Layout.ofStatus(EventFields.TIME.name() + ":timespan", false, 130, 170),
              true),
          new PageSpec(
              "tasks",
              "Tasks",
              "Where the target's threads and the tasks that delayed them may run, whether they have"
                  + " ended, and who started their processes",
              PageIcon.TASKS,
              null,
              List.of("latencyscope.capture"),
              PageSpec.Layout.ofStatus(
                  EventFields.PROCESS_ID.name() + ":raw number", true, 130, 170),
              true),
          new PageSpec(
              "measures",
              "Counters and Host",
              "Exact counts and distributions of all occurrences, and what of the host latency"
                  + " depends on",
              PageIcon.MEASURES,
              null,
              List.of(),
              PageSpec.Layout.ofStatus(
                      EventFields.VALUE_NUMBER.name() + ":number", false, 150, 190)
                  // Unmeasured takes it out of the value of counters that are times.
                  .with(7, new PageSpec.Column(EventFields.TIME.name() + ":timespan", 90)),
              true));

  /** Events of the JVM's own with a lane among ours. */
  static final List<String> JAVA_LATENCIES =
      List.of(
          "jdk.JavaMonitorEnter",
          "jdk.JavaMonitorWait",
          "jdk.ThreadPark",
          "jdk.ThreadSleep",
          "jdk.SocketRead",
          "jdk.SocketWrite",
          "jdk.FileRead",
          "jdk.FileWrite",
          "jdk.FileForce",
          "jdk.ClassLoad",
          "jdk.Compilation");

  private PageTable() {}

  private static PageSpec ofModule(
      String module, String name, String rule, String description, PageIcon icon) {
    return new PageSpec(
        module,
        name,
        description,
        icon,
        rule,
        List.of("latencyscope." + module),
        PageSpec.Layout.ofThreads(),
        true);
  }

  /** The page of a module that is not in the table, named after its first event. */
  static PageSpec derived(String module, List<Class<?>> events) {
    String name = events.get(0).getAnnotation(Label.class).value();
    List<String> descriptions = new ArrayList<>();
    for (Class<?> event : events) {
      Description description = event.getAnnotation(Description.class);
      descriptions.add(
          description == null ? event.getAnnotation(Label.class).value() : description.value());
    }
    String all = descriptions.stream().distinct().collect(Collectors.joining("; "));
    return ofModule(module, name, name, all, PageIcon.ALL);
  }
}
