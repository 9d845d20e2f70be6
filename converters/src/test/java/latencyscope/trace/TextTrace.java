package latencyscope.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A trace as lines of text. */
final class TextTrace implements TraceOutput {
  final List<String> lines = new ArrayList<>();
  final List<String> scheduling = new ArrayList<>();

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
            + change.prev()
            + "/"
            + change.prevState()
            + " -> "
            + change.next());
  }

  @Override
  public void waking(SchedWaking waking) {
    scheduling.add(
        waking.time() + " cpu" + waking.cpu() + " " + waking.waker() + " wakes " + waking.woken());
  }

  @Override
  public void finish() {
    lines.add("end");
  }
}
