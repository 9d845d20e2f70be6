package latencyscope.guest.capture;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.TargetCpus;
import latencyscope.guest.facts.HostFacts;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Version;
import latencyscope.jfr.capture.Capture;
import latencyscope.proc.HostCpus;
import latencyscope.proc.KernelFile;
import latencyscope.proc.KernelText;
import latencyscope.proc.ProcessFiles;

/**
 * The capture's account of itself, committed once for each interval between two chunks: what was
 * captured, by which probes, at what cost. Used by one thread at a time.
 */
final class CaptureReport {
  private static final int MAX_COMMAND = 4_096;

  private final CaptureSettings settings;
  private final TickClock clock;
  private final VarHandle startTime;
  private final VarHandle duration;
  private final OwnCost cost = new OwnCost();

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
  void begin(Channel channel) {
    reportedUntilTicks = clock.nowTicks();
    recordedUntilTicks = channel.isEmpty() ? reportedUntilTicks : channel.recordsFromTicks();
    cost.commit("set-up", channel.drainNs(), channel.loadingNs());
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
  void commit(Channel channel, boolean withLog) {
    clock.report();
    channel.probes().forEach(Probe::commit);
    new HostFacts(Path.of("/")).read().forEach(HostFacts.Fact::commit);
    lastingFacts.forEach(HostFacts.Fact::commit);
    if (settings.pid() == CaptureSettings.OWN) {
      HostFacts.jvmFlags().ifPresent(HostFacts.Fact::commit);
    }
    channel.report(reportedUntilTicks, clock.nowTicks());
    cost.commit("drain", channel.drainNs(), 0);
    Capture event = describe(channel);
    channel.complete(withLog);
    commit(event, channel);
  }

  private void commit(Capture event, Channel channel) {
    long now = clock.nowTicks();
    startTime.set(event, reportedUntilTicks);
    duration.set(event, Math.max(1, now - reportedUntilTicks));
    event.recordsFrom = recordedUntilTicks;
    event.recordsUntil = channel.isEmpty() ? recordedUntilTicks : channel.recordsUntilTicks();
    event.commit();
    reportedUntilTicks = now;
    recordedUntilTicks = event.recordsUntil;
  }

  private Capture describe(Channel channel) {
    HostCpus cpus = new HostCpus(Path.of("/"));
    boolean own = settings.pid() == CaptureSettings.OWN;
    boolean all = settings.pid() == CaptureSettings.ALL;
    long pid = own ? ProcessHandle.current().pid() : all ? 0 : settings.pid();
    Capture event = new Capture();
    event.version = Version.ofThisJar();
    event.targetPid = pid;
    event.targetCommand = all ? "" : command(pid);
    event.targetJvm = own ? System.getProperty("java.vm.name") + " " + Runtime.version() : null;
    event.modules = String.join("+", channel.modules());
    event.threads = String.join("+", settings.threads());
    event.cpus = settings.cpus().toString();
    event.networkInterface = settings.networkInterface();
    event.targetAlive = all || ProcessFiles.of(pid).isAlive();
    event.events = channel.takeRecordedEvents();
    event.targetCpus = targetCpus == null ? null : targetCpus.take();
    event.kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
    event.onlineCpus = cpus.online().toString();
    event.isolatedCpus = cpus.isolated().toString();
    event.nohzFullCpus = cpus.nohzFull().toString();
    event.numaNodes = Math.max(1, cpus.nodes().size());
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
}
