package latencyscope.agent.module;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import latencyscope.agent.account.ModuleSizes;
import latencyscope.agent.account.SubjectAccount;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.CorruptRingException;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.guest.budget.CpuTime;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.hotspot.Unrecorded;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.HistorySize;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.proc.CpuSet;

/**
 * Loads modules into the kernel, fitted to the target and to what this kernel has, and notes how
 * each probe fared. Used by one thread, which becomes the one that drains, and those that it
 * starts.
 */
public final class ModuleLoader {
  /**
   * libbpf's mark in a section's name. Without such a hook nothing is wrong, only less is recorded.
   */
  private static final String OPTIONAL = "?";

  /** Name of the log in the list of probes, if it was refused. */
  private static final String HISTORY = "history";

  private static final String ITERATOR = "iter/";

  /** Loaded first: why threads did not run matters most in a short recording. */
  public static final String FIRST = "isolation";

  private final CaptureSettings settings;
  private final CompletableFuture<CaptureContext> context;
  private final WatchedThreads watched;
  private final Instrumentation instrumentation;
  private final Kernel kernel = Kernel.running();
  private final Target target;
  private final CpuSet isolated = kernel.isolatedCpus();
  private final ModuleConstants constants;

  ModuleLoader(
      CaptureSettings settings,
      CompletableFuture<CaptureContext> context,
      WatchedThreads watched,
      Instrumentation instrumentation,
      boolean withTargetsIds)
      throws BpfException, IOException {
    this.instrumentation = instrumentation;
    this.settings = settings;
    this.context = context;
    this.watched = watched;
    kernel.require();
    target = Target.of(settings, withTargetsIds);
    constants =
        new ModuleConstants(kernel, NetworkScope.of(settings.pid(), settings.networkInterface()));
  }

  /**
   * Moves the calling thread off the monitored CPUs, where that is possible, and else makes it
   * batch work with turns of the usual length, which {@code DrainTurns} shortens later. Returns its
   * id.
   *
   * @param drainCpus where it may run; empty: wherever nothing is monitored
   */
  public static int leaveMonitoredCpus(CpuSet monitored, CpuSet drainCpus) throws BpfException {
    NativeThread.waitForTurn();
    CpuSet chosen = drainCpus;
    if (chosen.isEmpty()) {
      chosen = NativeThread.affinity().minus(monitored).minus(Kernel.running().isolatedCpus());
    }
    if (!chosen.isEmpty()) {
      NativeThread.confineTo(chosen);
    }
    return NativeThread.id();
  }

  /**
   * Begins to load the modules, each on a separate thread: the kernel's verifier takes its time for
   * each. The threads are children of this one, and so kept off the monitored CPUs like it.
   *
   * <p>Where there are fewer CPUs than modules, the first one goes ahead, so that something is
   * captured soon: side by side all would be ready only when the last one is.
   */
  List<Loading> begin(List<String> names) throws BpfException {
    List<Loading> all = new ArrayList<>();
    boolean room = NativeThread.affinity().size() > names.size();
    List<String> ordered = new ArrayList<>(names);
    ordered.sort(Comparator.comparing(name -> !name.equals(FIRST)));
    for (String name : ordered) {
      Loading loading = new Loading(name, room || all.isEmpty() ? null : all.get(0));
      all.add(loading);
      loading.thread.start();
    }
    kernel.readHooks(); // while the first one reads its object
    return List.copyOf(all);
  }

  /** A module that is being loaded, and how its probes fared. */
  final class Loading {
    private final String name;
    private final List<Probe> probes = new ArrayList<>();
    private final Thread thread;
    private KernelModule module;
    private long cpuNs;
    private BpfException refusal;
    private final CountDownLatch attached = new CountDownLatch(1);

    /** Whose programs are attached first; null if nobody's are. */
    private final Loading first;

    private Loading(String name, Loading first) {
      this.name = name;
      this.first = first;
      thread = Thread.ofPlatform().daemon().name("latencyscope-load-" + name).unstarted(this::run);
    }

    /** Whether the module is there, or the kernel has refused it, which is then noted. */
    boolean isDone() {
      return !thread.isAlive();
    }

    /** The module, once it is done; empty if it was refused. */
    Optional<KernelModule> module() {
      return Optional.ofNullable(module);
    }

    /** Known once it is done. */
    List<Probe> probes() {
      return probes;
    }

    /** CPU time that it took, nanoseconds; known once it is done. */
    long cpuNs() {
      return cpuNs;
    }

    /** Why the kernel refused the module, once it is done; empty if it did not. */
    Optional<BpfException> refusal() {
      return Optional.ofNullable(refusal);
    }

    String name() {
      return name;
    }

    private void run() {
      try {
        if (first != null) {
          first.attached.await();
        }
        load();
      } catch (InterruptedException e) {
        probes.add(Probe.unavailable(name, null, "its loading was interrupted"));
      } finally {
        attached.countDown();
      }
      cpuNs = CpuTime.ofThisThread();
    }

    private void load() {
      LoadedObject object = null;
      try {
        watched.leaveOut(NativeThread.id());
        ObjectFile file = ObjectFile.named(name);
        ModuleSizes sizes = ModuleSizes.forThreads(target.threads(), kernel.onlineCpus().size());
        int logRecords = logRecords(name, file);
        try {
          object = configured(name, file, sizes, logRecords, probes).load();
        } catch (BpfException e) {
          if (logRecords == ModuleLog.NO_LOG) {
            throw e;
          }
          // The log is what takes memory: without it there is the rest, or the same refusal.
          probes.clear();
          logRecords = ModuleLog.NO_LOG;
          object = configured(name, file, sizes, logRecords, probes).load();
          probes.add(Probe.refused(name, HISTORY, e.problem(), e.remedy()));
        }
        KernelModule loaded = new KernelModule(name, object, file, sizes, context.join());
        WarmUp warmUp = warmUp(loaded);
        attach(name, file, object, probes);
        attached.countDown();
        loaded.complete();
        if (warmUp != null) {
          loaded.warmUpOn(warmUp);
        }
        module = loaded;
        return;
      } catch (BpfException e) {
        probes.add(Probe.refused(name, null, e.problem(), e.remedy()));
        refusal = e;
      } catch (Exception e) {
        probes.add(Probe.unavailable(name, null, String.valueOf(e.getMessage())));
        Complaints.say("module " + name + " is not active", e);
      }
      if (object != null) {
        object.close();
      }
    }
  }

  // Beside an engine only, and only where nothing of it can become an event; else null.
  private WarmUp warmUp(KernelModule module) throws CorruptRingException {
    if (settings.pid() == CaptureSettings.OWN && Unrecorded.makeCurrentThread(instrumentation)) {
      try {
        return module.warmUp();
      } catch (RuntimeException e) {
        Complaints.say("the code of module " + module.name() + " is not compiled ahead", e);
      }
    }
    return null;
  }

  private KernelObject configured(
      String name, ObjectFile file, ModuleSizes sizes, int logRecords, List<Probe> probes)
      throws BpfException {
    boolean taskStorage = KernelChange.STORAGE_WITHOUT_LOCKS.isIn(kernel.version());
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
    ModuleLog.configure(object, logRecords);
    if (SubjectAccount.isIn(file)) {
      object
          .mapEntries("ls_subjects", sizes.subjects())
          .mapEntries("ls_subject_index", sizes.subjects())
          .mapEntries("ls_free_subjects", sizes.subjects());
    }
    constants.setAll(
        object,
        file,
        problem -> {
          Complaints.say(problem);
          probes.add(Probe.unavailable(name, "interface", problem));
        });
    for (String program : file.programs()) {
      boolean chosen = ProgramChoice.isFor(kernel.version(), program, file.programs());
      String missing = missing(file, program);
      object.loadProgram(program, chosen && missing == null);
      if (chosen && missing != null && !file.hook(program).startsWith(OPTIONAL)) {
        probes.add(Probe.unavailable(name, program, missing));
      }
    }
    return object;
  }

  private int logRecords(String module, ObjectFile file) throws BpfException {
    int cpus = ModuleLog.cpuNumbers();
    // Elsewhere a reader could see a record's parts in another order than they were written.
    long bytes =
        System.getProperty("os.arch").equals("amd64")
            ? HistorySize.bytes(settings.historyBytes(), cpus, Path.of("/"))
            : HistorySize.OFF;
    int recordBytes = file.struct("log_record").size();
    return ModuleLog.records(module, bytes, cpus, recordBytes);
  }

  /** What a program lacks on this kernel, in a sentence; null if it can be loaded. */
  private String missing(ObjectFile file, String program) {
    if (!hasHook(file, program)) {
      return "this kernel has no " + file.hook(program);
    }
    return SocketStorage.isNeededBy(program) ? SocketStorage.missing(kernel) : null;
  }

  private boolean hasHook(ObjectFile file, String program) {
    String hook = file.hook(program);
    return kernel.hasHook(hook.startsWith(OPTIONAL) ? hook.substring(OPTIONAL.length()) : hook);
  }

  // Iterators come first, in the order of their hooks, and run once: they report what was there
  // before the module was loaded.
  private static void attach(
      String name, ObjectFile file, LoadedObject object, List<Probe> probes) {
    Predicate<String> iterates = program -> file.hook(program).startsWith(ITERATOR);
    List<String> programs = new ArrayList<>(object.programs());
    programs.sort(
        Comparator.comparing(iterates::test)
            .reversed()
            .thenComparing(program -> iterates.test(program) ? file.hook(program) : ""));
    for (String program : programs) {
      try {
        object.attach(program);
        if (iterates.test(program)) {
          object.readIterator(program);
        }
        probes.add(Probe.attached(name, program));
      } catch (BpfException e) {
        probes.add(Probe.refused(name, program, e.problem(), e.remedy()));
        Complaints.say("probe " + program + " is not active: " + e.problem() + "; " + e.remedy());
      }
    }
  }

  private long[] monitoredCpus(ObjectFile file) {
    long[] words = new long[file.variable("monitored_cpus").size() / Long.BYTES];
    int room = words.length * Long.SIZE;
    for (CpuSet cpus : List.of(settings.cpus(), isolated)) {
      cpus.stream().filter(cpu -> cpu < room).forEach(cpu -> words[cpu / 64] |= 1L << cpu % 64);
    }
    return words;
  }
}
