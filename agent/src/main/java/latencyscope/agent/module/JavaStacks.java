package latencyscope.agent.module;

import java.io.IOException;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.guest.facts.HostFacts;
import latencyscope.guest.hotspot.HotSpotStacks;
import latencyscope.guest.settings.CaptureSettings;

/**
 * What finds the frames on the target's stacks, or why there is nothing that does.
 *
 * @param unwinder finds them; null if nothing does
 * @param fact what the recording says about it
 */
record JavaStacks(HotSpotStacks unwinder, HostFacts.Fact fact) implements AutoCloseable {
  private static final String FACT = "java_stacks";
  private static final String SOURCE = "gHotSpotVMStructs of libjvm";

  /** Of a target whose stacks are not known. */
  static final JavaStacks NONE = unavailable("captured from outside of the JVM");

  /**
   * Finds out how this JVM's stacks are to be read.
   *
   * @param settings of the capture
   */
  static JavaStacks of(CaptureSettings settings) {
    if (settings.pid() != CaptureSettings.OWN) {
      return NONE;
    }
    if (!System.getProperty("os.arch").equals("amd64")) {
      return unavailable("the frames of this architecture are not known");
    }
    KernelVersion since = KernelChange.TASK_REGISTERS.since();
    if (Kernel.running().version().compareTo(since) < 0) {
      return unavailable("copies of stacks need Linux " + since + " or newer");
    }
    try {
      return new JavaStacks(HotSpotStacks.open(), fact("available"));
    } catch (IOException | RuntimeException e) {
      return unavailable(e.getMessage());
    }
  }

  private static JavaStacks unavailable(String reason) {
    return new JavaStacks(null, fact("unavailable: " + reason));
  }

  private static HostFacts.Fact fact(String value) {
    return new HostFacts.Fact(FACT, value, SOURCE);
  }

  @Override
  public void close() throws IOException {
    if (unwinder != null) {
      unwinder.close();
    }
  }
}
