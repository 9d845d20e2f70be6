package latencyscope.monitor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who has the CPUs: how busy they are, which of the target's threads run there, and who had them
 * while such a thread waited. Not safe for use by several threads.
 */
final class CpuView {
  private static final int CPUS = 1_024;
  private static final int PER_SLOT = 8;
  private static final int SHOWN = 3;

  private final Map<Integer, Slots<Map<String, Long>>> held = new HashMap<>();
  private Map<Integer, Double> busy = Map.of();
  private Map<Integer, List<String>> running = Map.of();

  /** Takes a wait for a CPU. */
  void waited(Stall stall) {
    if (stall.culprit() == null || stall.cpu() < 0 || stall.cpu() >= CPUS) {
      return;
    }
    Map<String, Long> slot =
        held.computeIfAbsent(stall.cpu(), cpu -> new Slots<>(() -> new HashMap<>(4)))
            .at(Slots.number(stall.end()));
    if (slot != null && (slot.size() < PER_SLOT || slot.containsKey(stall.culprit()))) {
      slot.merge(stall.culprit(), stall.ns(), Long::sum);
    }
  }

  /** Takes a look at the machine. */
  void looked(Map<Integer, Double> newBusy, Map<Integer, List<String>> newRunning) {
    busy = newBusy;
    running = newRunning;
  }

  /** The CPUs, by number. */
  List<CpuRow> rows(long until, int seconds) {
    Map<Integer, CpuRow> rows = new TreeMap<>();
    busy.forEach((cpu, share) -> rows.put(cpu, row(cpu, share, until, seconds)));
    return List.copyOf(rows.values());
  }

  private CpuRow row(int cpu, double share, long until, int seconds) {
    Map<String, Long> sums = new HashMap<>();
    Slots<Map<String, Long>> slots = held.get(cpu);
    if (slots != null) {
      slots.visit(
          until, seconds, slot -> slot.forEach((who, ns) -> sums.merge(who, ns, Long::sum)));
    }
    List<CpuRow.Holder> holders =
        sums.entrySet().stream()
            .map(entry -> new CpuRow.Holder(entry.getKey(), entry.getValue()))
            .sorted()
            .limit(SHOWN)
            .toList();
    return new CpuRow(cpu, share, running.getOrDefault(cpu, List.of()), holders);
  }
}
