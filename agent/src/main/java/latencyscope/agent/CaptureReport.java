package latencyscope.agent;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.bpf.BpfException;
import latencyscope.bpf.Kernel;
import latencyscope.bpf.NumaNodes;
import latencyscope.bpf.ProgramInfo;
import latencyscope.jfr.Capture;
import latencyscope.jfr.ProbeCost;

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
  private final InterruptAffinities interrupts;
  private final HostCounters hostCounters;
  private HostFacts.Fact irqBalancer;
  private long reportedUntilTicks;

  CaptureReport(CaptureSettings settings, TickClock clock) throws IllegalAccessException {
    this.settings = settings;
    this.clock = clock;
    interrupts = new InterruptAffinities(Path.of("/"), settings.cpus());
    hostCounters = new HostCounters(Path.of("/"));
    startTime = ImplicitFields.startTime(Capture.class);
    duration = ImplicitFields.duration(Capture.class);
  }

  /** Marks now as the begin of the first interval; what was spent before was the set-up. */
  void begin(LoadedModules modules) {
    reportedUntilTicks = clock.nowTicks();
    costs.commitOwnThread("set-up", modules.drainNs(), modules.loadingNs());
    irqBalancer = new HostFacts(Path.of("/")).irqBalancer();
    clock.report();
    if (isLoaded(modules, InterruptAffinities.module())) {
      interrupts.begin();
    }
    if (isLoaded(modules, HostCounters.MODULE)) {
      hostCounters.begin();
    }
  }

  private static boolean isLoaded(LoadedModules modules, String module) {
    return modules.modules().stream().anyMatch(loaded -> loaded.name().equals(module));
  }

  /** Commits the account of the interval that ends now. */
  void commit(LoadedModules modules) {
    clock.report();
    modules.probes().forEach(Probe::commit);
    new HostFacts(Path.of("/")).read().forEach(HostFacts.Fact::commit);
    if (irqBalancer != null) {
      irqBalancer.commit();
    }
    if (settings.pid() == CaptureSettings.OWN) {
      HostFacts.jvmFlags().commit();
    }
    boolean counted = modules.isRunTimeCounted();
    for (KernelModule module : modules.modules()) {
      modules.probes().stream()
          .filter(probe -> probe.isAttached() && probe.module().equals(module.name()))
          .forEach(probe -> costs.commit(module, probe.program(), counted));
    }
    if (isLoaded(modules, InterruptAffinities.module())) {
      interrupts.commit();
    }
    if (isLoaded(modules, HostCounters.MODULE)) {
      hostCounters.commit(reportedUntilTicks, clock.nowTicks());
      modules.reportPlacement(reportedUntilTicks, clock.nowTicks());
    }
    costs.commitOwnThread("drain", modules.drainNs(), 0);
    commitCapture(modules);
  }

  private void commitCapture(LoadedModules modules) {
    Kernel kernel = Kernel.running();
    boolean own = settings.pid() == CaptureSettings.OWN;
    boolean all = settings.pid() == CaptureSettings.ALL;
    long pid = own ? ProcessHandle.current().pid() : all ? 0 : settings.pid();
    long now = clock.nowTicks();
    Capture event = new Capture();
    startTime.set(event, reportedUntilTicks);
    duration.set(event, Math.max(1, now - reportedUntilTicks));
    reportedUntilTicks = now;
    event.version = Version.ofThisJar();
    event.targetPid = pid;
    event.targetCommand = all ? "" : command(pid);
    event.targetJvm = own ? System.getProperty("java.vm.name") + " " + Runtime.version() : null;
    event.modules =
        modules.modules().stream().map(KernelModule::name).collect(Collectors.joining("+"));
    event.threads = String.join("+", settings.threads());
    event.cpus = settings.cpus().toString();
    event.networkInterface = settings.networkInterface();
    event.targetAlive = all || Files.exists(Path.of("/proc", Long.toString(pid)));
    event.kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
    event.onlineCpus = kernel.onlineCpus().toString();
    event.isolatedCpus = kernel.isolatedCpus().toString();
    event.nohzFullCpus = kernel.nohzFullCpus().toString();
    event.numaNodes = NumaNodes.running().count();
    event.commit();
  }

  private static String command(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
      String command = new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ').strip();
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
