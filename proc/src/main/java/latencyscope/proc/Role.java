package latencyscope.proc;

/** What a thread is for: one of the JVM's own, which HotSpot names, or the application's. */
public enum Role {
  /** Works at garbage collections, together with others of its kind. */
  GC_WORKER("GC worker", "GC Thread#", "ZWorker", "XWorker", "Shenandoah GC"),
  /** Marks and refines beside the application, and directs collections. */
  GC_SERVICE(
      "GC service",
      "G1 ",
      "ZDriver",
      "ZDirector",
      "ZStat",
      "ZUncommitter",
      "ZServicer",
      "Shenandoah",
      "StringDedup"),
  /** Executes VM operations, and stops all others for them. */
  VM_THREAD("VM thread", "VM Thread"),
  /** Compiles for startup. */
  C1("C1 compiler", "C1 CompilerThre"),
  /** Compiles what is hot. */
  C2("C2 compiler", "C2 CompilerThre", "JVMCI CompilerT"),
  /** Samples the JVM's performance counters. */
  VM_PERIODIC("VM periodic task", "VM Periodic Tas"),
  /** Samples stacks for the flight recording, or writes it. */
  RECORDER("flight recorder", "JFR "),
  /** LatencyScope's own. */
  PROFILER("LatencyScope", "latencyscope-"),
  /** Any other of the JVM's own. */
  VM_SERVICE(
      "JVM service",
      "Sweeper thread",
      "Service Thread",
      "Monitor Deflati",
      "Signal Dispatch",
      "Reference Handl",
      "Finalizer",
      "Common-Cleaner",
      "Notification Th",
      "Attach Listener",
      "DestroyJavaVM"),
  /** The application's. */
  APPLICATION("application");

  private static final Role[] ALL = values();

  private final String words;
  // The kernel keeps 15 characters of a name: each must be a prefix of no more than that.
  private final String[] prefixes;

  Role(String words, String... prefixes) {
    this.words = words;
    this.prefixes = prefixes;
  }

  /**
   * The role of a thread.
   *
   * @param threadName its Java name, or the kernel's
   */
  public static Role of(String threadName) {
    // Asked for each event: streams and copies of the values took a tenth of an analysis.
    for (Role role : ALL) {
      for (String prefix : role.prefixes) {
        if (threadName.startsWith(prefix)) {
          return role;
        }
      }
    }
    return APPLICATION;
  }

  /**
   * Whether the JVM stops such a thread at a safepoint. So it does compilers and services, which
   * are Java threads to it; and of an application's thread that is not one it is not known.
   */
  public boolean isStopped() {
    return this != GC_WORKER && this != GC_SERVICE && this != VM_THREAD && this != VM_PERIODIC;
  }

  /** Whether it runs native code nearly always, in which the JVM does not wait for it. */
  public boolean isCompiler() {
    return this == C1 || this == C2;
  }

  /** In words. */
  public String words() {
    return words;
  }
}
