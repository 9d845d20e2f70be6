package latencyscope.guest.channel;

import java.lang.instrument.Instrumentation;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.trigger.Triggers;

/**
 * The part of LatencyScope that can ask the kernel. It needs a newer JVM and privileges, so the
 * guest knows it by this interface alone and finds it with {@link java.util.ServiceLoader}.
 *
 * <p>Safe for use by several threads.
 */
public interface Host {
  /**
   * Does for the first time in this JVM what each capture does before the kernel comes into it.
   * Nothing goes into the kernel.
   *
   * @param ahead whether no recording has asked yet: then nothing may stay changed in the JVM
   * @throws Exception if something fails; it will again when it is needed, and is reported then
   */
  void prepare(AgentOptions options, Instrumentation instrumentation, boolean ahead)
      throws Exception;

  /**
   * Moves the calling thread, one of ours, off the monitored CPUs, where that is possible.
   *
   * @throws Exception if the kernel refuses
   */
  void leaveMonitoredCpus(CaptureSettings settings, Instrumentation instrumentation)
      throws Exception;

  /**
   * Starts what captures; takes about a second. A channel that is empty says why in its probes.
   *
   * @throws Exception if this JVM is not what it seemed; nothing is left behind then
   */
  Channel open(
      CaptureSettings settings, TickClock clock, Instrumentation instrumentation, Triggers triggers)
      throws Exception;
}
