package latencyscope.agent;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import latencyscope.bpf.BpfException;
import latencyscope.bpf.CpuList;
import latencyscope.bpf.Kernel;
import latencyscope.bpf.KernelObject;
import latencyscope.bpf.KernelVersion;
import latencyscope.bpf.LoadedObject;
import latencyscope.bpf.NativeThread;
import latencyscope.bpf.ObjectFile;

/**
 * Loads modules into the kernel, fitted to the target and to what this kernel has, and notes how
 * each probe fared. Used by one thread, which becomes the one that drains.
 */
final class ModuleLoader {
  private static final KernelVersion TASK_STORAGE = new KernelVersion(5, 11, 0);
  private static final KernelVersion SWITCH_STATE = new KernelVersion(5, 18, 0);

  private final CaptureSettings settings;
  private final EventCatalog catalog;
  private final CaptureContext context;
  private final List<Probe> probes;
  private final Kernel kernel = Kernel.running();
  private final Target target;
  private final CpuList isolated = kernel.isolatedCpus();

  ModuleLoader(
      CaptureSettings settings, EventCatalog catalog, CaptureContext context, List<Probe> probes)
      throws BpfException, IOException {
    this.settings = settings;
    this.catalog = catalog;
    this.context = context;
    this.probes = probes;
    kernel.require();
    target = Target.of(settings);
  }

  /** Moves the calling thread off the monitored CPUs, where that is possible; says its id. */
  static int keepOffMonitoredCpus(CaptureSettings settings) throws BpfException {
    CpuList chosen = settings.drainCpus();
    if (chosen.isEmpty()) {
      chosen =
          NativeThread.affinity().without(settings.cpus()).without(Kernel.running().isolatedCpus());
    }
    if (!chosen.isEmpty()) {
      NativeThread.confineTo(chosen);
    }
    return NativeThread.id();
  }

  /** Loads one module; empty if the kernel refuses it, which is then noted and told. */
  Optional<KernelModule> load(String name) {
    ObjectFile file = catalog.modules().get(name);
    LoadedObject object = null;
    try {
      ModuleSizes sizes = ModuleSizes.forThreads(target.threads());
      object = configured(name, file, sizes).load();
      KernelModule module = new KernelModule(name, object, file, sizes, context);
      attach(name, file, object);
      return Optional.of(module);
    } catch (BpfException e) {
      probes.add(Probe.refused(name, null, e));
      Complaints.say("module " + name + " is not active: " + e.problem() + "; " + e.remedy());
    } catch (ReflectiveOperationException | RuntimeException e) {
      probes.add(Probe.unavailable(name, null, String.valueOf(e.getMessage())));
      Complaints.say("module " + name + " is not active", e);
    }
    if (object != null) {
      object.close();
    }
    return Optional.empty();
  }

  private KernelObject configured(String name, ObjectFile file, ModuleSizes sizes)
      throws BpfException {
    boolean taskStorage = kernel.version().compareTo(TASK_STORAGE) >= 0;
    KernelObject object =
        KernelObject.open(file)
            .constant("target_tgid", target.tgid())
            .constant("excluded_tgid", target.excludedTgid())
            .constant("pid_namespace_level", target.namespaceLevel())
            .constant("only_monitored_cpus", settings.cpus().isEmpty() ? 0 : 1)
            .constant("monitored_cpus", monitoredCpus(file))
            .constant("has_task_storage", taskStorage ? 1 : 0)
            .mapEntries("ls_slots", sizes.slots())
            .mapEntries("ls_free_slots", sizes.slots())
            .mapEntries("ls_chunks", sizes.chunks())
            .mapEntries("ls_free_chunks", sizes.chunks())
            .mapEntries("ls_task_hash", sizes.slots())
            .createMap(taskStorage ? "ls_task_hash" : "ls_task_storage", false);
    if (file.variables().stream().anyMatch(v -> v.name().equals("switch_has_state"))) {
      object.constant("switch_has_state", kernel.version().compareTo(SWITCH_STATE) >= 0 ? 1 : 0);
    }
    for (String program : file.programs()) {
      if (!kernel.hasHook(file.hook(program))) {
        object.loadProgram(program, false);
        probes.add(Probe.unavailable(name, program, "this kernel has no " + file.hook(program)));
      }
    }
    return object;
  }

  private void attach(String name, ObjectFile file, LoadedObject object) {
    for (String program : file.programs()) {
      if (!kernel.hasHook(file.hook(program))) {
        continue;
      }
      try {
        object.attach(program);
        probes.add(Probe.attached(name, program));
      } catch (BpfException e) {
        probes.add(Probe.refused(name, program, e));
        Complaints.say("probe " + program + " is not active: " + e.problem() + "; " + e.remedy());
      }
    }
  }

  private long[] monitoredCpus(ObjectFile file) {
    long[] words = new long[file.variable("monitored_cpus").size() / Long.BYTES];
    int room = words.length * Long.SIZE;
    for (CpuList cpus : List.of(settings.cpus(), isolated)) {
      cpus.stream().filter(cpu -> cpu < room).forEach(cpu -> words[cpu / 64] |= 1L << cpu % 64);
    }
    return words;
  }
}
