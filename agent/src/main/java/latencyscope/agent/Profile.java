package latencyscope.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.HashMap;
import java.util.Map;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;

/** The settings of a recording by the name of a profile. */
final class Profile {
  private static final String PRODUCTION = "latencyscope";
  private static final String EVERYTHING = "latencyscope-full";

  private Profile() {}

  /**
   * Settings of {@code latencyscope}, {@code latencyscope-full}, one of the JDK's own profiles, or
   * a {@code .jfc} file.
   *
   * @throws IOException if there is no such profile
   */
  static Map<String, String> settings(String name) throws IOException, ParseException {
    if (name.equals(PRODUCTION)) {
      return jdkEvents("default");
    }
    if (name.equals(EVERYTHING)) {
      Map<String, String> settings = jdkEvents("profile");
      for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
        if (type.getName().startsWith("latencyscope.")) {
          settings.put(type.getName() + "#enabled", "true");
          settings.put(type.getName() + "#threshold", "0 ns");
        }
      }
      return settings;
    }
    Path file = Path.of(name);
    return new HashMap<>(
        Files.isRegularFile(file)
            ? Configuration.create(file).getSettings()
            : Configuration.getConfiguration(name).getSettings());
  }

  private static Map<String, String> jdkEvents(String name) throws IOException, ParseException {
    return new HashMap<>(Configuration.getConfiguration(name).getSettings());
  }
}
