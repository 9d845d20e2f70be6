package latencyscope.trace;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A further host's part of a trace: its processes, threads and CPUs have other numbers there, so
 * that they are not taken for those of the first. Not safe for use by several threads.
 */
final class OtherHost implements TraceOutput {
  /** The kernel's greatest process id, and those that are made up, are below. */
  private static final int ALL_PIDS = 1 << 23;

  /** Number of hosts whose processes fit an int. */
  static final int MOST_HOSTS = Integer.MAX_VALUE / ALL_PIDS;

  private final TraceOutput out;
  private final int pids;
  private final int cpus;
  private final Map<Long, Track> tracks = new HashMap<>();

  /**
   * @param number of the host, from 1 on
   * @param cpus number of CPUs of all hosts before it
   */
  OtherHost(TraceOutput out, int number, int cpus) {
    this.out = out;
    this.pids = number * ALL_PIDS;
    this.cpus = cpus;
  }

  private int pid(long pid) {
    return pid > 0 ? (int) pid + pids : (int) pid;
  }

  private Track placed(Track track) {
    if (track == null) {
      return null;
    }
    Track known = tracks.get(track.id());
    if (known == null) {
      known =
          new Track(
              track.id(),
              placed(track.parent()),
              track.kind(),
              track.name(),
              pid(track.pid()),
              pid(track.tid()));
      tracks.put(track.id(), known);
    }
    return known;
  }

  private Task placed(Task task) {
    return new Task(pid(task.id()), task.name(), task.priority());
  }

  @Override
  public void begin(Clock clock) {
    throw new IllegalStateException("the first host begins a trace");
  }

  @Override
  public void task(int tid, int pid, String name) throws IOException {
    out.task(pid(tid), pid(pid), name);
  }

  @Override
  public void track(Track track) throws IOException {
    out.track(placed(track));
  }

  @Override
  public void slice(
      Track track,
      long start,
      long duration,
      String name,
      String category,
      Map<String, Object> details,
      Flow flow)
      throws IOException {
    out.slice(placed(track), start, duration, name, category, details, flow);
  }

  @Override
  public void counter(Track track, long time, long value) throws IOException {
    out.counter(placed(track), time, value);
  }

  @Override
  public void switched(SchedSwitch change) throws IOException {
    out.switched(
        new SchedSwitch(
            change.cpu() + cpus,
            change.time(),
            placed(change.prev()),
            change.prevState(),
            placed(change.next())));
  }

  @Override
  public void waking(SchedWaking waking) throws IOException {
    out.waking(
        new SchedWaking(
            waking.cpu() + cpus,
            waking.time(),
            pid(waking.waker()),
            waking.flags(),
            placed(waking.woken()),
            waking.targetCpu() + cpus));
  }

  @Override
  public void interrupt(Interrupt one) throws IOException {
    out.interrupt(
        new Interrupt(
            one.cpu() + cpus, one.time(), one.soft(), one.number(), one.name(), one.begins()));
  }

  @Override
  public void finish() {
    throw new IllegalStateException("the first host ends a trace");
  }
}
