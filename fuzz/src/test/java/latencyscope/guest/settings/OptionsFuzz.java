package latencyscope.guest.settings;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.guest.trigger.Triggers;
import latencyscope.jfr.Schema;

/** The agent's options: whatever is wrong becomes a sentence, and the engine starts. */
public final class OptionsFuzz {
  private OptionsFuzz() {}

  /** Reads options, and what is behind each of them. */
  public static void fuzzerTestOneInput(byte[] text) {
    AgentOptions options = AgentOptions.parse(new String(text, StandardCharsets.UTF_8));
    CaptureSettings settings =
        CaptureSettings.inForce(options, RecordedSettings.now(), Set.copyOf(Schema.modules()));
    new WatchedThreads(settings.threads()).test(1, "strategy");
    Triggers.asked(options, options.value("trigger")).longerThanNs("latencyscope.RunQueueWait");
  }
}
