package latencyscope.monitor;

import java.util.List;
import java.util.Map;

/**
 * What a live view shows at a moment.
 *
 * @param until end of the window, nanoseconds since the epoch; 0 if nothing has come yet
 * @param view what of it
 * @param threads the threads in their order
 * @param eventsLeftOut events of threads for which there was no room
 * @param recordsLost records that the kernel could not hand over
 * @param floorNs length from which on events come, if the capture's cost has raised it; else 0
 * @param missing what could not be measured, as sentences
 * @param stalls the worst ones of the window; of one thread: its latest ones
 * @param counts exact counts of the thread that is looked at
 * @param cpus the CPUs
 */
public record Snapshot(
    long until,
    View view,
    List<ThreadRow> threads,
    long eventsLeftOut,
    long recordsLost,
    long floorNs,
    List<String> missing,
    List<Stall> stalls,
    Map<String, Long> counts,
    List<CpuRow> cpus) {
  /** Copies the lists. */
  public Snapshot {
    threads = List.copyOf(threads);
    missing = List.copyOf(missing);
    stalls = List.copyOf(stalls);
    counts = Map.copyOf(counts);
    cpus = List.copyOf(cpus);
  }
}
