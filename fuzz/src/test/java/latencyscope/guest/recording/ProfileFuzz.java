package latencyscope.guest.recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import latencyscope.guest.event.EventCatalog;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.ProfileSettings;
import latencyscope.guest.settings.RecordedSettings;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.guest.trigger.Triggers;

/**
 * Settings files: whatever is in one, it is refused as a whole, or what it says of our events is
 * taken or complained of.
 */
public final class ProfileFuzz {
  private static Path file;
  private static EventCatalog catalog;

  private ProfileFuzz() {}

  /** Makes the event types known. */
  public static void fuzzerInitialize() throws IOException {
    catalog = EventCatalog.register();
    file = Files.createTempFile("fuzz-", ".jfc");
    file.toFile().deleteOnExit();
  }

  /** Reads a settings file and starts a recording of our events with it. */
  public static void fuzzerTestOneInput(byte[] profile) throws IOException {
    Files.write(file, profile);
    Map<String, String> settings;
    try {
      settings = ProfileSettings.of(file.toString());
    } catch (IOException | ParseException e) {
      return;
    }
    Map<String, String> ours =
        settings.entrySet().stream()
            .filter(setting -> setting.getKey().startsWith("latencyscope."))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    if (ours.isEmpty()) {
      return;
    }
    try (Recording recording = new Recording(ours)) {
      recording.setToDisk(false);
      recording.start();
      AgentOptions none = AgentOptions.parse("");
      RecordedSettings recorded = RecordedSettings.now();
      Triggers.asked(none, CaptureSettings.triggers(none, recorded)).closeSoon();
      CaptureSettings asked = CaptureSettings.inForce(none, recorded, catalog.usedModules());
      new WatchedThreads(asked.threads()).test(1, "strategy");
    }
  }
}
