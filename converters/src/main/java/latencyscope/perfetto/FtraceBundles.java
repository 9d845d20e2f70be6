package latencyscope.perfetto;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import latencyscope.perfetto.proto.FtraceEvent;
import latencyscope.perfetto.proto.FtraceEventBundle;
import latencyscope.perfetto.proto.SchedSwitchFtraceEvent;
import latencyscope.perfetto.proto.SchedWakingFtraceEvent;
import latencyscope.perfetto.proto.TracePacket;
import latencyscope.trace.TraceOutput.SchedSwitch;
import latencyscope.trace.TraceOutput.SchedWaking;

/**
 * Scheduling as the kernel's own tracer would have recorded it: bundles of events of one CPU in the
 * order of time. Not safe for use by several threads.
 */
final class FtraceBundles {
  private static final int BUNDLE_EVENTS = 512;
  private static final int PRIORITY = 120;

  /** Takes packets. */
  @FunctionalInterface
  interface Sink {
    void accept(TracePacket.Builder packet) throws IOException;
  }

  private final Sink sink;
  private final Map<Integer, FtraceEventBundle.Builder> open = new HashMap<>();

  FtraceBundles(Sink sink) {
    this.sink = sink;
  }

  void add(SchedSwitch change) throws IOException {
    SchedSwitchFtraceEvent.Builder event =
        SchedSwitchFtraceEvent.newBuilder()
            .setPrevComm(change.prevComm())
            .setPrevPid(change.prev())
            .setPrevPrio(PRIORITY)
            .setPrevState(change.prevState())
            .setNextComm(change.nextComm())
            .setNextPid(change.next())
            .setNextPrio(change.nextPriority());
    add(
        change.cpu(),
        FtraceEvent.newBuilder()
            .setTimestamp(change.time())
            .setPid(change.prev())
            .setSchedSwitch(event));
  }

  void add(SchedWaking waking) throws IOException {
    SchedWakingFtraceEvent.Builder event =
        SchedWakingFtraceEvent.newBuilder()
            .setComm(waking.comm())
            .setPid(waking.woken())
            .setPrio(PRIORITY)
            .setSuccess(1)
            .setTargetCpu(waking.cpu());
    add(
        waking.cpu(),
        FtraceEvent.newBuilder()
            .setTimestamp(waking.time())
            .setPid(waking.waker())
            .setSchedWaking(event));
  }

  private void add(int cpu, FtraceEvent.Builder event) throws IOException {
    FtraceEventBundle.Builder bundle =
        open.computeIfAbsent(cpu, c -> FtraceEventBundle.newBuilder().setCpu(c)).addEvent(event);
    if (bundle.getEventCount() == BUNDLE_EVENTS) {
      open.remove(cpu);
      sink.accept(TracePacket.newBuilder().setFtraceEvents(bundle));
    }
  }

  /** Writes what is left. */
  void finish() throws IOException {
    for (FtraceEventBundle.Builder bundle : open.values()) {
      sink.accept(TracePacket.newBuilder().setFtraceEvents(bundle));
    }
    open.clear();
  }
}
