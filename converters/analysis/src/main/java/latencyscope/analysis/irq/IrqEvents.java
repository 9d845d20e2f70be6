package latencyscope.analysis.irq;

import java.util.List;
import latencyscope.analysis.ModuleEvents;
import latencyscope.analysis.Worst;
import latencyscope.analysis.finding.InterruptSource;
import latencyscope.analysis.remedy.Interrupt;
import latencyscope.analysis.tally.Tally;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/** Adds up the irq module's events while they are read. Not safe for use by several threads. */
final class IrqEvents implements ModuleEvents {
  private static final int WORST = 20;

  /** What is stolen at once from here on is worth a warning also on shared CPUs. */
  static final long LONG_NS = 50_000;

  /** What distinguishes long interrupts. */
  record StealKey(ThreadId thread, InterruptSource source, String function, int cpu) {
    StealKey(Interrupt interrupt) {
      this(interrupt.thread(), interrupt.source(), interrupt.function(), interrupt.cpu());
    }

    // Functions are few; threads and lines may be many.
    static StealKey coarse(Interrupt interrupt) {
      return new StealKey(interrupt.thread(), interrupt.source(), null, interrupt.cpu());
    }
  }

  /** What distinguishes lines on a CPU. */
  record LineKey(InterruptSource source, int cpu) {
    LineKey(Interrupt interrupt) {
      this(interrupt.source(), interrupt.cpu());
    }
  }

  final Tally<StealKey, Interrupt> longSteals =
      new Tally<>(Interrupt::net, StealKey::new, StealKey::coarse);
  final Tally<LineKey, Interrupt> devices = new Tally<>(Interrupt::net, LineKey::new, LineKey::new);
  private final Worst<Interrupt> worst = new Worst<>(WORST, Interrupt::net);

  @Override
  public void add(KernelEvent event) {
    Interrupt interrupt = Interrupt.of(event);
    if (interrupt.steals() && interrupt.net() > LONG_NS) {
      longSteals.add(interrupt);
    }
    if (interrupt.source().isDevice()) {
      devices.add(interrupt);
    }
    addWorst(interrupt);
  }

  /** Takes an event that may be among the worst, but does not count. */
  @Override
  public void addExemplar(KernelEvent event) {
    addWorst(Interrupt.of(event));
  }

  private void addWorst(Interrupt interrupt) {
    if (interrupt.steals()) {
      worst.add(interrupt);
    }
  }

  /** What stole most at once from threads of the target. */
  List<Interrupt> worst() {
    return worst.descending();
  }
}
