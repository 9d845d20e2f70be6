package latencyscope.agent;

import java.lang.instrument.Instrumentation;
import latencyscope.bpf.BpfException;
import latencyscope.bpf.CpuList;
import latencyscope.bpf.Kernel;
import latencyscope.bpf.KernelObject;
import latencyscope.bpf.NativeThread;
import latencyscope.bpf.ObjectFile;

/**
 * Does for the first time in this JVM what each capture does before the kernel comes into it, while
 * the flight recorder is busy with its own first time: linking native calls, reading an object,
 * this kernel's hooks and the JVM's own structures. Nothing goes into the kernel, and what fails
 * here fails again when it is needed, and is told then.
 */
final class Preparation {
  private Preparation() {}

  /** Begins; returns at once. */
  static void begin(Instrumentation instrumentation) {
    Thread.ofPlatform()
        .daemon()
        .name("latencyscope-prepare")
        .start(() -> {
          Unrecorded.makeCurrentThread(instrumentation);
          try {
            run(instrumentation);
          } catch (Throwable t) {
            return; // the capture will meet it, too, and say it
          }
        });
  }

  private static void run(Instrumentation instrumentation) throws Exception {
    if (NativeAccess.enable(instrumentation) != null) {
      return;
    }
    NativeThread.standBack();
    Kernel kernel = Kernel.running();
    keepOff(kernel.isolatedCpus());
    KernelObject.requireLibrary();
    ObjectFile.named(ModuleLoader.FIRST);
    kernel.readHooks();
    kernel.require();
    try (HotSpotThreads threads = new HotSpotThreads(instrumentation)) {
      threads.osThreadId(Thread.currentThread());
    }
  }

  // Whoever starts a recording may have been pinned to one. What else is monitored is not known
  // yet.
  private static void keepOff(CpuList isolated) throws BpfException {
    CpuList others = NativeThread.affinity().without(isolated);
    if (!isolated.isEmpty() && !others.isEmpty()) {
      NativeThread.confineTo(others);
    }
  }
}
