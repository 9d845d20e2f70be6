package latencyscope.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A trace as lines of text. */
final class TextTrace implements TraceOutput {
  final List<String> lines = new ArrayList<>();
  final List<String> scheduling = new ArrayList<>();

  /** Arguments of the latest slice of each name. */
  final Map<String, Map<String, Object>> arguments = new HashMap<>();

  @Override
  public void begin(Clock clock) {
    lines.add("first event at " + (clock.first() - clock.offset()));
  }

  @Override
  public void task(int tid, int pid, String name) {
    lines.add("task " + tid + " of " + pid + " " + name);
  }

  @Override
  public void interrupt(Interrupt interrupt) {
    scheduling.add(
        interrupt.time()
            + " cpu"
            + interrupt.cpu()
            + (interrupt.soft() ? " softirq " : " irq ")
            + interrupt.name()
            + (interrupt.begins() ? " begins" : " ends"));
  }

  @Override
  public void track(Track track) {
    lines.add("track " + track.kind() + " " + track.path());
  }

  @Override
  public void slice(
      Track track,
      long start,
      long duration,
      String name,
      String category,
      Map<String, Object> details,
      Flow flow) {
    arguments.put(name, details);
    String arrow = flow.id() == 0 ? "" : " flow " + flow.id() + (flow.last() ? " end" : " begin");
    lines.add(
        start + " +" + duration + " #" + track.id() + " " + track.path() + ": " + name + arrow);
  }

  @Override
  public void counter(Track track, long time, long value) {
    lines.add(time + " " + track.path() + " = " + value);
  }

  @Override
  public void switched(SchedSwitch change) {
    scheduling.add(
        change.time()
            + " cpu"
            + change.cpu()
            + " "
            + change.prev().id()
            + "/"
            + change.prevState()
            + " -> "
            + change.next().id());
  }

  @Override
  public void waking(SchedWaking waking) {
    scheduling.add(
        waking.time()
            + " cpu"
            + waking.cpu()
            + " "
            + waking.waker()
            + (waking.flags() < 0 ? "" : "/" + waking.flags())
            + " wakes "
            + waking.woken().id()
            + " on cpu"
            + waking.targetCpu());
  }

  @Override
  public void finish() {
    lines.add("end");
  }
}
