package latencyscope.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Subject;

/**
 * What the target's control group was kept from, in sentences: throttling by its CPU quota, and
 * pressure. Recorded where counts from {@code /proc} are all there is. Stateless.
 */
public final class GroupRemarks {
  private static final String SOME = "_some_ns";
  private static final String PRESSURE = "pressure_";

  private static final Map<String, String> RESOURCES =
      Map.of("cpu", "a CPU", "io", "a disk", "memory", "memory");

  private GroupRemarks() {}

  /** The sentences of one module; none if nothing was counted. */
  public static List<String> of(Recording recording, String module) {
    List<String> remarks = new ArrayList<>();
    recording
        .subjectCounts(module, "throttled_ns")
        .forEach((subject, ns) ->
            remarks.add(
                String.format(
                    Locale.ROOT,
                    "The CPU quota of the target's control group throttled it for %,.1f ms.",
                    ns / 1e6)));
    for (String resource : List.of("cpu", "io", "memory")) {
      recording
          .subjectCounts(module, PRESSURE + resource + SOME)
          .forEach((subject, ns) -> remarks.add(pressure(subject, resource, ns)));
    }
    return remarks;
  }

  private static String pressure(Subject subject, String resource, long ns) {
    return String.format(
        Locale.ROOT,
        "Pressure: some task of %s waited for %s for %,.1f ms.",
        subject.kind().equals("host") ? "this host" : "the target's control group",
        RESOURCES.get(resource),
        ns / 1e6);
  }
}
