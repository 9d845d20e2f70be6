package latencyscope.jmc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import jdk.jfr.Threshold;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.BudgetExceeded;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.ProbeStatus;
import latencyscope.jfr.capture.RecordsLost;
import latencyscope.jfr.isolation.RunQueueWait;
import latencyscope.jfr.memory.PageFault;

/** Records one of each of our events, and a few that there is something to say about. */
public final class EveryEvent {
  static final int WAITS = 40;
  static final long WAIT_NS = 3_000_000;

  private EveryEvent() {}

  /** Records to the file that is named, on whichever Java runs it. */
  public static void main(String[] arguments) throws Exception {
    record(Path.of(arguments[0]));
  }

  static void record(Path file) throws Exception {
    try (Recording recording = new Recording()) {
      for (Class<? extends Event> type : Schema.events()) {
        recording.enable(type).withoutThreshold();
      }
      recording.enable("jdk.JVMInformation");
      recording.enable("jdk.GCPhasePause").withoutThreshold();
      recording.start();
      for (Class<? extends Event> type : Schema.events()) {
        // The capture itself is described once, below.
        if (type != Capture.class) {
          commit(type.getDeclaredConstructor().newInstance());
        }
      }
      findings();
      System.gc();
      recording.stop();
      recording.dump(file);
    }
  }

  /** From here on waits are kept where the threshold was raised. */
  static final long FLOOR_NS = 80_000;

  /**
   * Records that each of so many tasks preempted a thread once, and that a threshold was raised.
   */
  static void recordCulprits(Path file, int culprits) throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(RunQueueWait.class).withoutThreshold();
      recording.enable(BudgetExceeded.class);
      recording.start();
      BudgetExceeded raised = new BudgetExceeded();
      raised.eventType = "latencyscope.RunQueueWait";
      raised.floor = FLOOR_NS;
      raised.commit();
      for (int i = 0; i < culprits; i++) {
        RunQueueWait wait = new RunQueueWait();
        measured(wait, WAIT_NS + i);
        wait.kind = "preempted";
        wait.culprit = "task-" + i;
        wait.culpritTid = 9_001 + i;
        wait.culpritPid = 9_001 + i;
        wait.culpritHeld = WAIT_NS;
        wait.accounted = WAIT_NS;
        wait.tasksBetween = 1;
        wait.commit();
      }
      recording.stop();
      recording.dump(file);
    }
  }

  private static void commit(Event event) throws ReflectiveOperationException {
    for (Field field : event.getClass().getFields()) {
      if (field.getType() == String.class && !Modifier.isStatic(field.getModifiers())) {
        boolean cpus = field.getName().endsWith("Cpus");
        field.set(event, cpus ? "0-3" : "some " + field.getName());
      }
    }
    if (event instanceof KernelEvent kernelEvent) {
      // Only what has a length has a threshold.
      boolean instant = !event.getClass().isAnnotationPresent(Threshold.class);
      measured(kernelEvent, instant ? 0 : 1_000);
    }
    event.commit();
  }

  private static void findings() throws ReflectiveOperationException {
    Capture capture = new Capture();
    capture.begin();
    capture.version = "0.2.0";
    capture.targetPid = ProcessHandle.current().pid();
    capture.modules = "isolation+memory";
    capture.cpus = "0";
    capture.onlineCpus = "0-3";
    capture.isolatedCpus = "0";
    capture.targetAlive = true;
    for (int i = 0; i < WAITS; i++) {
      RunQueueWait wait = new RunQueueWait();
      measured(wait, WAIT_NS);
      wait.kind = "preempted";
      wait.culprit = "competitor";
      wait.culpritTid = 9001;
      wait.culpritPid = 9001;
      wait.culpritPriority = 120;
      wait.culpritHeld = WAIT_NS;
      wait.accounted = WAIT_NS;
      wait.tasksBetween = 1;
      wait.commit();
    }
    PageFault fault = new PageFault();
    measured(fault, 5_000_000);
    fault.kind = "major";
    fault.mode = "user";
    fault.access = "read";
    fault.region = "mapped-file";
    fault.file = "/data/journal";
    fault.fileOffset = 4096;
    fault.commit();
    Counter faults = new Counter();
    faults.module = "memory";
    faults.measure = "major_faults";
    faults.osThreadId = 4242;
    faults.thread = "strategy";
    faults.value = 1;
    faults.commit();
    RecordsLost lost = new RecordsLost();
    lost.module = "isolation";
    lost.type = "latencyscope.ContextSwitch";
    lost.reason = "the ring was full";
    lost.count = 17;
    lost.commit();
    ProbeStatus status = new ProbeStatus();
    status.module = "memory";
    status.probe = "ls_tlb_flush";
    status.state = "unavailable";
    status.reason = "the kernel has no such tracepoint";
    status.commit();
    capture.commit();
  }

  private static void measured(KernelEvent event, long ns) throws ReflectiveOperationException {
    event.kernelStart = ticks() - ns; // HotSpot's clock ticks once a nanosecond here
    event.kernelDuration = ns;
    event.osThreadId = 4242;
    event.thread = "strategy";
    event.laneThread = Thread.currentThread();
  }

  // By public means, the recorder's clock is the start that begin() sets.
  private static long ticks() throws ReflectiveOperationException {
    RunQueueWait scratch = new RunQueueWait();
    scratch.begin();
    VarHandle start =
        MethodHandles.privateLookupIn(RunQueueWait.class, MethodHandles.lookup())
            .findVarHandle(RunQueueWait.class, "startTime", long.class);
    return (long) start.get(scratch);
  }
}
