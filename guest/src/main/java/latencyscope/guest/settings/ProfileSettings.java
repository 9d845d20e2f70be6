package latencyscope.guest.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Map;
import jdk.jfr.Configuration;
import latencyscope.jfr.Profile;

/** The settings of a recording by the name of a profile. */
public final class ProfileSettings {
  private ProfileSettings() {}

  /**
   * Settings of {@code latencyscope}, {@code latencyscope-full}, one of the JDK's own profiles, or
   * a {@code .jfc} file.
   *
   * @throws IOException if there is no such profile
   */
  public static Map<String, String> of(String name) throws IOException, ParseException {
    for (Profile profile : Profile.values()) {
      if (name.equals(profile.profileName())) {
        return profile.settings();
      }
    }
    Path file = Path.of(name);
    return Files.isRegularFile(file)
        ? ofFile(file)
        : Configuration.getConfiguration(name).getSettings();
  }

  // The JDK's reader meets what is no XML with whatever exception comes first.
  private static Map<String, String> ofFile(Path file) throws IOException, ParseException {
    try {
      return Configuration.create(file).getSettings();
    } catch (RuntimeException e) {
      ParseException malformed =
          new ParseException(file + " is not a settings file of JFR (.jfc)", 0);
      malformed.initCause(e);
      throw malformed;
    }
  }
}
