package latencyscope.recording.fact;

import java.util.List;
import latencyscope.proc.CpuSet;

/**
 * What was captured.
 *
 * @param version version of LatencyScope that captured; null if the recording does not say
 * @param targetPid process that was watched; 0 for every process, -1 if not recorded
 * @param targetCommand its command line; null if not recorded
 * @param targetJvm the target's JVM in words; null if it is not the JVM that recorded
 * @param modules modules in force
 * @param threads thread name globs in force, joined with {@code +}; empty for all
 * @param cpus CPUs to which the capture was limited; empty for all
 * @param networkInterface interface to which it was limited; empty for all
 * @param targetAlive false if the target had ended by the end of the capture
 * @param start begin, nanoseconds since the epoch
 * @param duration time that was captured, nanoseconds, without gaps between intervals
 */
public record CaptureInfo(
    String version,
    long targetPid,
    String targetCommand,
    String targetJvm,
    List<String> modules,
    String threads,
    CpuSet cpus,
    String networkInterface,
    boolean targetAlive,
    long start,
    long duration) {
  /** Copies the list. */
  public CaptureInfo {
    modules = List.copyOf(modules);
  }
}
