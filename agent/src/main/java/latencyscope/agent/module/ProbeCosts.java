package latencyscope.agent.module;

import java.util.HashMap;
import java.util.Map;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.libbpf.ProgramInfo;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.settings.Complaints;
import latencyscope.jfr.capture.ProbeCost;

/** What probes have cost since they were last asked. Used by one thread at a time. */
final class ProbeCosts {
  private static final long NOT_COUNTED = -1;

  private final EventSink sink;
  private final Map<String, ProgramInfo> last = new HashMap<>();

  ProbeCosts(EventSink sink) {
    this.sink = sink;
  }

  /** Commits the cost of one program; {@code counted} says whether the kernel counts runs. */
  void commit(KernelModule module, String program, boolean counted) {
    ProgramInfo now;
    try {
      now = module.object().info(program);
    } catch (BpfException e) {
      Complaints.say(e.problem() + "; " + e.remedy());
      return;
    }
    // Of two modules that watch the same, each has a program of that name.
    ProgramInfo before = last.put(module.name() + "." + program, now);
    ProbeCost event = new ProbeCost();
    event.module = module.name();
    event.probe = program;
    event.runs = counted ? now.runCount() - (before == null ? 0 : before.runCount()) : NOT_COUNTED;
    event.time =
        counted ? now.runTimeNs() - (before == null ? 0 : before.runTimeNs()) : NOT_COUNTED;
    event.missed = missed(now) - (before == null ? 0 : missed(before));
    sink.commit(event);
  }

  private static long missed(ProgramInfo info) {
    return info.recursionMisses().orElse(0);
  }
}
