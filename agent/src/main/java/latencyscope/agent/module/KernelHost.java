package latencyscope.agent.module;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.Host;
import latencyscope.guest.channel.RecorderSink;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.trigger.Triggers;

/**
 * The host in the engine's own JVM: loads BPF programs into the kernel with this process's
 * privileges. Safe for use by several threads.
 */
public final class KernelHost implements Host {
  /** Called by {@link java.util.ServiceLoader}. */
  public KernelHost() {}

  /**
   * {@inheritDoc}
   *
   * <p>Links native calls, reads an object, this kernel's hooks and the JVM's own structures.
   */
  @Override
  public void prepare(AgentOptions options, Instrumentation instrumentation, boolean ahead)
      throws Exception {
    if (ahead) {
      NativeAccess.lend(instrumentation, () -> prepareNative(options, instrumentation));
    } else if (NativeAccess.enable(instrumentation) == null) {
      prepareNative(options, instrumentation);
    }
  }

  private static void prepareNative(AgentOptions options, Instrumentation instrumentation)
      throws Exception {
    // The thread that loads the agent or starts a recording may be pinned to a monitored one.
    ModuleLoader.leaveMonitoredCpus(
        CaptureSettings.cpus(options, "cpus"), CaptureSettings.cpus(options, "drain.cpus"));
    Kernel kernel = Kernel.running();
    KernelObject.requireLibrary();
    ObjectFile.named(ModuleLoader.FIRST);
    kernel.readHooks();
    kernel.require();
    try (HotSpotThreads threads = new HotSpotThreads(instrumentation)) {
      threads.osThreadId(Thread.currentThread());
    }
  }

  @Override
  public void leaveMonitoredCpus(CaptureSettings settings, Instrumentation instrumentation)
      throws BpfException {
    if (NativeAccess.enable(instrumentation) == null) {
      ModuleLoader.leaveMonitoredCpus(settings.cpus(), settings.drainCpus());
    }
  }

  @Override
  public Channel open(
      CaptureSettings settings, TickClock clock, Instrumentation instrumentation, Triggers triggers)
      throws IOException, IllegalAccessException {
    return LoadedModules.load(
        settings, clock, instrumentation, triggers, new RecorderSink(instrumentation));
  }
}
