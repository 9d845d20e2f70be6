package latencyscope.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.bpf.BpfException;

/**
 * The modules of one capture, drained and kept in turn. A module that cannot be loaded is told of
 * and left out; the others work. Used by one thread at a time.
 */
final class LoadedModules implements AutoCloseable {
  private final List<KernelModule> modules = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private final CaptureContext context;
  private int drainThread;

  private LoadedModules(CaptureContext context) {
    this.context = context;
  }

  /** Loads and attaches every module that the settings ask for. */
  static LoadedModules load(
      CaptureSettings settings,
      EventCatalog catalog,
      TickClock clock,
      Instrumentation instrumentation)
      throws IOException {
    WatchedThreads watched = new WatchedThreads(settings.threads());
    LoadedModules all =
        new LoadedModules(
            new CaptureContext(
                clock,
                new ThreadDirectory(javaThreads(settings, instrumentation), watched),
                new RecordStrings()));
    all.misunderstood(settings, catalog);
    try {
      all.drainThread = ModuleLoader.keepOffMonitoredCpus(settings);
      watched.leaveOut(all.drainThread);
      ModuleLoader loader = new ModuleLoader(settings, catalog, all.context, all.probes);
      catalog.modules().keySet().stream()
          .sorted()
          .filter(settings::wantsModule)
          .forEach(name -> loader.load(name).ifPresent(all.modules::add));
    } catch (BpfException e) {
      all.refused(e);
    }
    return all;
  }

  boolean isEmpty() {
    return modules.isEmpty();
  }

  List<KernelModule> modules() {
    return modules;
  }

  List<Probe> probes() {
    return probes;
  }

  /** CPU time that the drain thread has used, nanoseconds; 0 if the kernel does not tell. */
  long drainNs() {
    try {
      String schedstat = Files.readString(Path.of("/proc/self/task/" + drainThread + "/schedstat"));
      return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }

  /** Turns a batch of records into events; says whether there may be more. */
  boolean drain(int limit) throws BpfException {
    boolean more = false;
    context.threads().beginBatch();
    for (KernelModule module : modules) {
      more |= module.drain(limit) == limit;
      module.retireThreads();
    }
    return more;
  }

  /** What is to be done about once a second. */
  void keepHouse() {
    context.clock().calibrate();
    for (KernelModule module : modules) {
      module.adoptThresholds();
      module.reportLosses();
    }
  }

  /** Reports everything up to now. */
  void complete() throws BpfException {
    context.clock().calibrate();
    context.threads().refresh();
    for (KernelModule module : modules) {
      module.drainAll();
      module.retireThreads();
      module.reportMeasures();
      module.reportLosses();
    }
  }

  @Override
  public void close() {
    modules.forEach(KernelModule::close);
    modules.clear();
    try {
      context.threads().close();
    } catch (IOException e) {
      Complaints.say("could not close the thread directory", e);
    }
  }

  // What was asked for differs from what is captured: the recording must say so.
  private void misunderstood(CaptureSettings settings, EventCatalog catalog) {
    List<String> problems = new ArrayList<>(settings.problems());
    for (String module : settings.modules()) {
      if (!catalog.modules().containsKey(module)) {
        problems.add(
            "unknown module '"
                + module
                + "'; the modules are "
                + String.join(", ", catalog.modules().keySet().stream().sorted().toList()));
      }
    }
    problems.forEach(Complaints::say);
    if (!problems.isEmpty()) {
      probes.add(Probe.unavailable("capture", "options", String.join("; ", problems)));
    }
  }

  private void refused(BpfException e) {
    Complaints.say("not capturing: " + e.problem() + "; " + e.remedy());
    probes.add(Probe.refused("capture", null, e));
  }

  private static HotSpotThreads javaThreads(
      CaptureSettings settings, Instrumentation instrumentation) {
    if (settings.pid() != CaptureSettings.OWN) {
      return null;
    }
    try {
      return new HotSpotThreads(instrumentation);
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      Complaints.say("Java threads are told by their kernel names", e);
      return null;
    }
  }
}
