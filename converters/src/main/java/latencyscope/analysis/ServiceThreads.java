package latencyscope.analysis;

import java.util.List;

/** Knows the JVM's own threads by name: those that run no code of the application. */
final class ServiceThreads {
  // Names as HotSpot gives them; the kernel keeps 15 characters, so that each must be a prefix of
  // no more than that.
  private static final List<String> PREFIXES =
      List.of(
          "GC Thread#",
          "G1 ",
          "ZWorker",
          "ZDriver",
          "ZDirector",
          "ZStat",
          "ZUncommitter",
          "ZServicer",
          "XWorker",
          "Shenandoah",
          "VM Thread",
          "VM Periodic Tas",
          "C1 CompilerThre",
          "C2 CompilerThre",
          "JVMCI CompilerT",
          "Sweeper thread",
          "Service Thread",
          "Monitor Deflati",
          "Signal Dispatch",
          "Reference Handl",
          "Finalizer",
          "Common-Cleaner",
          "Notification Th",
          "Attach Listener",
          "DestroyJavaVM",
          "JFR ",
          "StringDedup");

  private ServiceThreads() {}

  static boolean contains(String threadName) {
    return PREFIXES.stream().anyMatch(threadName::startsWith);
  }
}
