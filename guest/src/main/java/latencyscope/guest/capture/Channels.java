package latencyscope.guest.capture;

import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import latencyscope.guest.accounts.AccountsChannel;
import latencyscope.guest.broker.BrokerChannel;
import latencyscope.guest.broker.BrokerException;
import latencyscope.guest.broker.BrokerSocket;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.Hosts;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.trigger.Triggers;
import latencyscope.proc.Capabilities;

/**
 * Chooses where a capture's events come from: programs that this JVM loads, or else a broker;
 * counts alone only where nothing else works.
 */
final class Channels {
  private static final String NO_BROKER = "off";

  private static final String REMEDY =
      "start the broker as root: latencyscope broker; or run the engine on Java 25 with CAP_BPF and"
          + " CAP_PERFMON, or capture it from outside: latencyscope --pid PID";

  private final CaptureSettings settings;
  private final TickClock clock;
  private final Instrumentation instrumentation;
  private final Triggers triggers;

  private Channels(
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      Triggers triggers) {
    this.settings = settings;
    this.clock = clock;
    this.instrumentation = instrumentation;
    this.triggers = triggers;
  }

  /**
   * Opens the best one.
   *
   * @throws Exception if there is none
   */
  static Channel open(
      CaptureSettings settings, TickClock clock, Instrumentation instrumentation, Triggers triggers)
      throws Exception {
    return new Channels(settings, clock, instrumentation, triggers).open();
  }

  private Channel open() throws Exception {
    if (settings.accounts()) {
      return accounts("mode=accounts asks for no more", null, List.of());
    }
    if (isBrokerWanted()) {
      try {
        return BrokerChannel.open(socket(), settings, clock, instrumentation, triggers);
      } catch (BrokerException e) {
        if (settings.pid() != CaptureSettings.OWN) {
          throw new IllegalStateException(e.getMessage() + "; " + e.remedy(), e);
        }
        Complaints.say("counts from /proc alone: " + e.getMessage() + "; " + e.remedy());
        return accounts(e.getMessage(), e.remedy(), List.of());
      }
    }
    Optional<String> missing = Hosts.missing();
    if (missing.isPresent()) {
      Complaints.say("counts from /proc alone: " + missing.get() + "; " + REMEDY);
      return accounts(missing.get(), REMEDY, List.of());
    }
    Channel kernel = Hosts.inThisJvm().open(settings, clock, instrumentation, triggers);
    // From outside, a command line can say what it lacks, and be started again.
    boolean enough = !kernel.isEmpty() || settings.pid() != CaptureSettings.OWN;
    return enough || !AccountsChannel.isOfUse(settings) ? kernel : instead(kernel);
  }

  private boolean isBrokerWanted() {
    if (settings.broker().equals(NO_BROKER) || settings.pid() == CaptureSettings.ALL) {
      return false;
    }
    boolean isAsked = !settings.broker().isEmpty();
    return isAsked || !mayLoadPrograms() && Files.exists(BrokerSocket.inEnvironment());
  }

  private Path socket() throws BrokerException {
    try {
      return settings.broker().isEmpty()
          ? BrokerSocket.inEnvironment()
          : Path.of(settings.broker());
    } catch (InvalidPathException e) {
      throw BrokerSocket.noPath(settings.broker());
    }
  }

  private static boolean mayLoadPrograms() {
    return Hosts.missing().isEmpty() && Capabilities.held().allowBpf();
  }

  private Channel accounts(String why, String remedy, List<Probe> others) throws Exception {
    return AccountsChannel.open(settings, clock, instrumentation, why, remedy, others);
  }

  private Channel instead(Channel kernel) throws Exception {
    List<Probe> refused = kernel.probes().stream().filter(p -> p.program() == null).toList();
    List<Probe> others = kernel.probes().stream().filter(p -> p.program() != null).toList();
    String why = refused.isEmpty() ? "no probe could be attached" : refused.get(0).reason();
    String remedy = refused.isEmpty() ? null : refused.get(0).remedy();
    kernel.close();
    return accounts(why, remedy, others);
  }
}
