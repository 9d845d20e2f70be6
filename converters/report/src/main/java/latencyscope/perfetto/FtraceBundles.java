package latencyscope.perfetto;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import latencyscope.perfetto.proto.FtraceEvent;
import latencyscope.perfetto.proto.FtraceEventBundle;
import latencyscope.perfetto.proto.IrqHandlerEntryFtraceEvent;
import latencyscope.perfetto.proto.IrqHandlerExitFtraceEvent;
import latencyscope.perfetto.proto.SchedSwitchFtraceEvent;
import latencyscope.perfetto.proto.SchedWakingFtraceEvent;
import latencyscope.perfetto.proto.SoftirqEntryFtraceEvent;
import latencyscope.perfetto.proto.SoftirqExitFtraceEvent;
import latencyscope.perfetto.proto.TracePacket;
import latencyscope.trace.TraceOutput.Interrupt;
import latencyscope.trace.TraceOutput.SchedSwitch;
import latencyscope.trace.TraceOutput.SchedWaking;

/**
 * Scheduling as the kernel's own tracer would have recorded it: bundles of events of one CPU in the
 * order of time. Not safe for use by several threads.
 */
final class FtraceBundles {
  private static final int BUNDLE_EVENTS = 512;
  private static final int HANDLED = 1;

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
            .setPrevComm(change.prev().name())
            .setPrevPid(change.prev().id())
            .setPrevPrio(change.prev().priority())
            .setPrevState(change.prevState())
            .setNextComm(change.next().name())
            .setNextPid(change.next().id())
            .setNextPrio(change.next().priority());
    add(
        change.cpu(),
        FtraceEvent.newBuilder()
            .setTimestamp(change.time())
            .setPid(change.prev().id())
            .setSchedSwitch(event));
  }

  void add(SchedWaking waking) throws IOException {
    SchedWakingFtraceEvent.Builder waked =
        SchedWakingFtraceEvent.newBuilder()
            .setComm(waking.woken().name())
            .setPid(waking.woken().id())
            .setPrio(waking.woken().priority())
            .setSuccess(1)
            .setTargetCpu(waking.targetCpu());
    FtraceEvent.Builder event =
        FtraceEvent.newBuilder()
            .setTimestamp(waking.time())
            .setPid(waking.waker())
            .setSchedWaking(waked);
    if (waking.flags() >= 0) {
      event.setCommonFlags(waking.flags());
    }
    add(waking.cpu(), event);
  }

  void add(Interrupt interrupt) throws IOException {
    FtraceEvent.Builder event = FtraceEvent.newBuilder().setTimestamp(interrupt.time()).setPid(0);
    int number = interrupt.number();
    if (interrupt.soft() && interrupt.begins()) {
      event.setSoftirqEntry(SoftirqEntryFtraceEvent.newBuilder().setVec(number));
    } else if (interrupt.soft()) {
      event.setSoftirqExit(SoftirqExitFtraceEvent.newBuilder().setVec(number));
    } else if (interrupt.begins()) {
      event.setIrqHandlerEntry(
          IrqHandlerEntryFtraceEvent.newBuilder().setIrq(number).setName(interrupt.name()));
    } else {
      event.setIrqHandlerExit(
          IrqHandlerExitFtraceEvent.newBuilder().setIrq(number).setRet(HANDLED));
    }
    add(interrupt.cpu(), event);
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
