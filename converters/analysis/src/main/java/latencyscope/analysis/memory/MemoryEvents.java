package latencyscope.analysis.memory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import latencyscope.analysis.ModuleEvents;
import latencyscope.analysis.Worst;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Tally;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/** Adds up the memory module's events while they are read. Not safe for use by several threads. */
final class MemoryEvents implements ModuleEvents {
  private static final int WORST = 20;

  /** What distinguishes faults. */
  record FaultKey(ThreadId thread, boolean major, String region) {
    FaultKey(PageFault fault) {
      this(fault.thread(), fault.major(), fault.region());
    }
  }

  /** What distinguishes shootdowns. */
  record ShootdownKey(ThreadId thread, Task sender, int cpu) {
    ShootdownKey(TlbShootdown shootdown) {
      this(shootdown.thread(), shootdown.sender(), shootdown.cpu());
    }

    private static ShootdownKey coarse(TlbShootdown shootdown) {
      return new ShootdownKey(shootdown.thread(), Task.OTHERS, shootdown.cpu());
    }
  }

  /** What distinguishes stalls. */
  record StallKey(ThreadId thread, String kind, String reason) {
    StallKey(MemoryStall stall) {
      this(stall.thread(), stall.kind(), stall.reason());
    }
  }

  final Tally<FaultKey, PageFault> faults =
      new Tally<>(PageFault::duration, FaultKey::new, FaultKey::new);
  final Tally<ShootdownKey, TlbShootdown> shootdowns =
      new Tally<>(TlbShootdown::duration, ShootdownKey::new, ShootdownKey::coarse);
  final Tally<StallKey, MemoryStall> stalls =
      new Tally<>(MemoryStall::duration, StallKey::new, StallKey::new);
  private final Worst<PageFault> worstFaults = new Worst<>(WORST, PageFault::duration);
  private final Map<ThreadId, PageFault> worstMinor = new HashMap<>();
  final FaultFiles files = new FaultFiles();
  final FaultPlaces places = new FaultPlaces();
  private long locatedFaults;
  private long remoteFaults;

  @Override
  public void add(KernelEvent event) {
    switch (event.type()) {
      case EventTypes.PAGE_FAULT -> {
        PageFault fault = PageFault.of(event);
        faults.add(fault);
        files.add(fault);
        places.add(fault);
        locatedFaults += fault.isLocated() ? 1 : 0;
        remoteFaults += fault.isRemote() ? 1 : 0;
        keepIfWorst(fault);
      }
      case EventTypes.TLB_SHOOTDOWN -> shootdowns.add(TlbShootdown.of(event));
      case EventTypes.MEMORY_STALL, EventTypes.NUMA_EVENT -> stalls.add(MemoryStall.of(event));
      default -> {} // a type of a newer schema
    }
  }

  /** Takes one that is below its threshold, for lists of the worst. */
  @Override
  public void addExemplar(KernelEvent event) {
    if (event.type().equals(EventTypes.PAGE_FAULT)) {
      keepIfWorst(PageFault.of(event));
    }
  }

  private void keepIfWorst(PageFault fault) {
    worstFaults.add(fault);
    if (!fault.major()) {
      worstMinor.merge(
          fault.thread(), fault, BinaryOperator.maxBy(Timed.byCost(PageFault::duration)));
    }
  }

  /** A thread's longest minor fault in the recording; null if there is none. */
  PageFault worstMinor(ThreadId thread) {
    return worstMinor.get(thread);
  }

  /** Recorded faults of which it is known on which NUMA node the page was. */
  long locatedFaults() {
    return locatedFaults;
  }

  /** Those of them whose page was on another node than their CPU. */
  long remoteFaults() {
    return remoteFaults;
  }

  List<PageFault> worstFaults() {
    return worstFaults.descending();
  }
}
