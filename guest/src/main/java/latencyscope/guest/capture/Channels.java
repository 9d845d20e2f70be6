package latencyscope.guest.capture;

import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.Optional;
import latencyscope.guest.accounts.AccountsChannel;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.Hosts;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.trigger.Triggers;

/** Chooses where a capture's events come from: counts alone only where nothing else works. */
final class Channels {
  private static final String REMEDY =
      "run the engine on Java 25 with CAP_BPF and CAP_PERFMON, or capture it from outside:"
          + " latencyscope --pid PID";

  private Channels() {}

  /**
   * Opens the best one.
   *
   * @throws Exception if there is none
   */
  static Channel open(
      CaptureSettings settings, TickClock clock, Instrumentation instrumentation, Triggers triggers)
      throws Exception {
    if (settings.accounts()) {
      String asked = "mode=accounts asks for no more";
      return AccountsChannel.open(settings, clock, instrumentation, asked, null, List.of());
    }
    Optional<String> missing = Hosts.missing();
    if (missing.isPresent()) {
      Complaints.say("counts from /proc alone: " + missing.get() + "; " + REMEDY);
      return AccountsChannel.open(
          settings, clock, instrumentation, missing.get(), REMEDY, List.of());
    }
    Channel kernel = Hosts.inThisJvm().open(settings, clock, instrumentation, triggers);
    // From outside, a command line can say what it lacks, and be started again.
    boolean enough = !kernel.isEmpty() || settings.pid() != CaptureSettings.OWN;
    return enough || !AccountsChannel.isOfUse(settings)
        ? kernel
        : instead(kernel, settings, clock, instrumentation);
  }

  private static Channel instead(
      Channel kernel, CaptureSettings settings, TickClock clock, Instrumentation instrumentation)
      throws Exception {
    List<Probe> refused = kernel.probes().stream().filter(p -> p.program() == null).toList();
    List<Probe> others = kernel.probes().stream().filter(p -> p.program() != null).toList();
    String why = refused.isEmpty() ? "no probe could be attached" : refused.get(0).reason();
    String remedy = refused.isEmpty() ? null : refused.get(0).remedy();
    kernel.close();
    return AccountsChannel.open(settings, clock, instrumentation, why, remedy, others);
  }
}
