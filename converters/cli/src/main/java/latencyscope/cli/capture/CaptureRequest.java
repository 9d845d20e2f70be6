package latencyscope.cli.capture;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.cli.console.Target;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.proc.CpuSet;

/**
 * What is to be captured.
 *
 * @param duration how long
 * @param target the process to watch; null for every process
 * @param cpus CPUs to watch; empty for all
 * @param modules modules to load; empty for all
 * @param networkInterface interface to watch; null for all
 * @param probeCost whether the kernel is to count runs and run time of probes
 * @param history kernel memory for the logs of every occurrence, such as {@code 64m}; {@link
 *     #NO_HISTORY}; or null for what fits the host
 */
public record CaptureRequest(
    Duration duration,
    Target target,
    CpuSet cpus,
    List<String> modules,
    String networkInterface,
    boolean probeCost,
    String history) {
  /** No log of what is below the thresholds. */
  public static final String NO_HISTORY = "off";

  private static final String CAPTURE = EventDescription.PREFIX + EventTypes.CAPTURE;

  // Events of the recorder itself: losses, and which process and host it is.
  private static final List<String> DESCRIPTION =
      List.of("jdk.DataLoss", "jdk.JVMInformation", "jdk.VirtualizationInformation");

  /** The settings of the flight recorder that ask for it. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Schema.Type type : Schema.types()) {
      if (type.module().equals(Schema.CAPTURE) || isWanted(type.module())) {
        settings.put(type.name() + "#enabled", "true");
      }
    }
    settings.put(CAPTURE + "#pid", target == null ? "all" : Long.toString(target.pid()));
    settings.put(CAPTURE + "#cpus", cpus.toString());
    settings.put(CAPTURE + "#modules", String.join("+", modules));
    settings.put(CAPTURE + "#networkInterface", networkInterface == null ? "" : networkInterface);
    settings.put(CAPTURE + "#probeCost", probeCost ? "on" : "");
    settings.put(CAPTURE + "#history", history == null ? "" : history);
    DESCRIPTION.forEach(event -> settings.put(event + "#enabled", "true"));
    return settings;
  }

  private boolean isWanted(String module) {
    return modules.isEmpty() || modules.contains(module);
  }
}
