package latencyscope.analysis.evidence;

import java.util.OptionalLong;
import latencyscope.recording.Nanos;
import latencyscope.recording.fact.JvmSettings;

/** Which events of the JVM a recording has kept, in words. */
public final class KeptEvents {
  private KeptEvents() {}

  /**
   * Why not every event of a type is there, as a clause that also says what to do.
   *
   * @param type such as {@code jdk.ThreadPark}
   */
  public static String whyNotAll(JvmSettings settings, String type) {
    if (!settings.areRecorded()) {
      return "the recording does not say from which length on it has "
          + type
          + "; record jdk.ActiveSetting, too";
    }
    OptionalLong from = settings.keptFrom(type);
    return from.isEmpty()
        ? type + " was off; enable it with a threshold of 0"
        : "the recording only has "
            + type
            + " from "
            + Nanos.words(from.getAsLong())
            + " on; set its threshold to 0";
  }
}
