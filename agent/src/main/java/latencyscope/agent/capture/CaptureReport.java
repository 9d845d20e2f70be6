package latencyscope.agent.capture;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.agent.event.ImplicitFields;
import latencyscope.agent.evidence.TargetCpus;
import latencyscope.agent.host.HostCounters;
import latencyscope.agent.host.HostFacts;
import latencyscope.agent.module.KernelModule;
import latencyscope.agent.module.LoadedModules;
import latencyscope.agent.module.Probe;
import latencyscope.agent.record.TickClock;
import latencyscope.agent.settings.CaptureSettings;
import latencyscope.agent.settings.Complaints;
import latencyscope.agent.settings.Version;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.kernel.NumaNodes;
import latencyscope.bpf.libbpf.ProgramInfo;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.ProbeCost;
import latencyscope.proc.KernelFile;
import latencyscope.proc.KernelText;
import latencyscope.proc.ProcessFiles;

/**
 * The capture's account of itself, committed once for each interval between two chunks: what was
 * captured, by which probes, at what cost. Used by one thread at a time.
 */
final class CaptureReport {
  private static final int MAX_COMMAND = 4_096;
  private static final long NOT_COUNTED = -1;

  private final CaptureSettings settings;
  private final TickClock clock;
  private final VarHandle startTime;
  private final VarHandle duration;
  private final Costs costs = new Costs();

  /** What takes too long to be asked for at each chunk's end. */
  private final List<HostFacts.Fact> lastingFacts = new ArrayList<>();

  /** Null where the capture is not limited to some CPUs, or watches every process. */
  private final TargetCpus targetCpus;

  private long reportedUntilTicks;
  private long recordedUntilTicks;

  CaptureReport(CaptureSettings settings, TickClock clock) throws IllegalAccessException {
    this.settings = settings;
    this.clock = clock;
    startTime = ImplicitFields.startTime(Capture.class);
    duration = ImplicitFields.duration(Capture.class);
    boolean limited = !settings.cpus().isEmpty() && settings.pid() != CaptureSettings.ALL;
    targetCpus = limited ? new TargetCpus(Path.of("/proc", target())) : null;
  }

  private String target() {
    return settings.pid() == CaptureSettings.OWN ? "self" : Long.toString(settings.pid());
  }

  /** Marks now as the begin of the first interval; what was spent before was the set-up. */
  void begin(LoadedModules modules) {
    reportedUntilTicks = clock.nowTicks();
    recordedUntilTicks = modules.isEmpty() ? reportedUntilTicks : modules.recordsFromTicks();
    costs.commitOwnThread("set-up", modules.drainNs(), modules.loadingNs());
    HostFacts host = new HostFacts(Path.of("/"));
    lastingFacts.add(host.irqBalancer());
    lastingFacts.addAll(host.kernelConfig());
    clock.report();
  }

  /**
   * Commits everything up to now. What takes long comes first, the records come last: what happens
   * between their reading and the end of the chunk is unknown to the chunk's reader.
   *
   * @param withLog whether to add what the logs hold
   */
  void commit(LoadedModules modules, boolean withLog) {
    clock.report();
    modules.probes().forEach(Probe::commit);
    new HostFacts(Path.of("/")).read().forEach(HostFacts.Fact::commit);
    lastingFacts.forEach(HostFacts.Fact::commit);
    modules.lockNames().commit();
    modules.logMemory().commit();
    if (settings.pid() == CaptureSettings.OWN) {
      HostFacts.jvmFlags().ifPresent(HostFacts.Fact::commit);
    }
    boolean counted = modules.isRunTimeCounted();
    for (KernelModule module : modules.modules()) {
      modules.probes().stream()
          .filter(probe -> probe.isAttached() && probe.module().equals(module.name()))
          .forEach(probe -> costs.commit(module, probe.program(), counted));
    }
    if (modules.modules().stream().anyMatch(m -> m.name().equals(HostCounters.MODULE))) {
      modules.reportPlacement(reportedUntilTicks, clock.nowTicks());
    }
    costs.commitOwnThread("drain", modules.drainNs(), 0);
    Capture event = describe(modules);
    modules.complete(withLog);
    commit(event, modules);
  }

  private void commit(Capture event, LoadedModules modules) {
    long now = clock.nowTicks();
    startTime.set(event, reportedUntilTicks);
    duration.set(event, Math.max(1, now - reportedUntilTicks));
    event.recordsFrom = recordedUntilTicks;
    event.recordsUntil = modules.isEmpty() ? recordedUntilTicks : modules.recordsUntilTicks();
    event.commit();
    reportedUntilTicks = now;
    recordedUntilTicks = event.recordsUntil;
  }

  private Capture describe(LoadedModules modules) {
    Kernel kernel = Kernel.running();
    boolean own = settings.pid() == CaptureSettings.OWN;
    boolean all = settings.pid() == CaptureSettings.ALL;
    long pid = own ? ProcessHandle.current().pid() : all ? 0 : settings.pid();
    Capture event = new Capture();
    event.version = Version.ofThisJar();
    event.targetPid = pid;
    event.targetCommand = all ? "" : command(pid);
    event.targetJvm = own ? System.getProperty("java.vm.name") + " " + Runtime.version() : null;
    event.modules =
        modules.modules().stream().map(KernelModule::name).collect(Collectors.joining("+"));
    event.threads = String.join("+", settings.threads());
    event.cpus = settings.cpus().toString();
    event.networkInterface = settings.networkInterface();
    event.targetAlive = all || ProcessFiles.of(pid).isAlive();
    event.events = modules.takeRecordedEvents();
    event.targetCpus = targetCpus == null ? null : targetCpus.take();
    event.kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
    event.onlineCpus = kernel.onlineCpus().toString();
    event.isolatedCpus = kernel.isolatedCpus().toString();
    event.nohzFullCpus = kernel.nohzFullCpus().toString();
    event.numaNodes = NumaNodes.running().count();
    return event;
  }

  private static String command(long pid) {
    try {
      byte[] bytes = KernelFile.bytes(ProcessFiles.of(pid).folder().resolve("cmdline"));
      String command = KernelText.of(bytes).replace('\0', ' ').strip();
      return command.length() <= MAX_COMMAND ? command : command.substring(0, MAX_COMMAND);
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  /** What probes and the drain thread have cost since they were last asked. */
  private static final class Costs {
    private final Map<String, ProgramInfo> last = new HashMap<>();
    private long lastDrainNs;

    void commit(KernelModule module, String program, boolean counted) {
      ProgramInfo now;
      try {
        now = module.object().info(program);
      } catch (BpfException e) {
        Complaints.say(e.problem() + "; " + e.remedy());
        return;
      }
      // Of two modules that watch the same, each has a program of that name.
      ProgramInfo before = last.put(module.name() + "." + program, now);
      ProbeCost event = new ProbeCost();
      event.module = module.name();
      event.probe = program;
      event.runs =
          counted ? now.runCount() - (before == null ? 0 : before.runCount()) : NOT_COUNTED;
      event.time =
          counted ? now.runTimeNs() - (before == null ? 0 : before.runTimeNs()) : NOT_COUNTED;
      event.missed = missed(now) - (before == null ? 0 : missed(before));
      event.commit();
    }

    private static long missed(ProgramInfo info) {
      return info.recursionMisses().orElse(0);
    }

    /** CPU time of the agent's own threads since the last time, for what it was used. */
    void commitOwnThread(String work, long drainNs, long othersNs) {
      ProbeCost event = new ProbeCost();
      event.module = "capture";
      event.probe = work;
      event.runs = NOT_COUNTED;
      event.time = drainNs - lastDrainNs + othersNs;
      lastDrainNs = drainNs;
      event.commit();
    }
  }
}
