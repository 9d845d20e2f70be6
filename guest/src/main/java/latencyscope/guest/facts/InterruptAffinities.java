package latencyscope.guest.facts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jdk.jfr.Category;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.settings.Complaints;
import latencyscope.jfr.irq.InterruptAffinity;
import latencyscope.proc.CpuSet;
import latencyscope.proc.KernelFile;

/**
 * Puts into the recording to which CPUs the host's interrupt lines may be delivered, since a report
 * is made where the host may be out of reach.
 *
 * <p>Source: {@code /proc/irq}, {@code /sys/kernel/irq}, {@code /sys/kernel/debug/irq}. Only reads:
 * that the kernel refuses a mask could otherwise be found only by writing one. A file that is
 * absent or unreadable leaves its value empty. Used by one thread at a time.
 */
public final class InterruptAffinities implements HostAccount {
  private static final String MANAGED_FLAG = "IRQD_AFFINITY_MANAGED";

  private static final long NOT_KNOWN = -1;

  private final EventSink sink;
  private final Path root;
  private final CpuSet cpus;

  /** Interrupts by line as they were when we last looked. */
  private final Map<Integer, Long> counts = new HashMap<>();

  /**
   * Reads below this folder, which is {@code /} but in tests.
   *
   * @param cpus CPUs on which interrupts are counted; empty for all
   * @param sink takes the events
   */
  public InterruptAffinities(Path root, CpuSet cpus, EventSink sink) {
    this.sink = sink;
    this.root = root;
    this.cpus = cpus;
  }

  @Override
  public String module() {
    return InterruptAffinity.class.getAnnotation(Category.class).value()[1];
  }

  // Reads only the counts: it is called while the capture begins, when there is much to be drained.
  @Override
  public void begin() {
    counts.putAll(countAll());
  }

  /** Commits an event for each line that has a handler. */
  @Override
  public void commit(long startTicks, long endTicks) {
    read().forEach(sink::commit);
  }

  /** The lines that have a handler; counts are those since the last call. */
  List<InterruptAffinity> read() {
    // At once: the rest takes long, and the module's own counts are read now.
    Map<Integer, Long> now = countAll();
    List<InterruptAffinity> lines = new ArrayList<>();
    long balancer = irqbalance();
    now.forEach((irq, count) -> {
      String devices = text("sys/kernel/irq/" + irq + "/actions");
      if (!devices.isEmpty()) {
        lines.add(line(irq, devices, balancer, count));
      }
    });
    return lines;
  }

  private Map<Integer, Long> countAll() {
    Map<Integer, Long> all = new HashMap<>();
    forEachLine(number -> all.put(Integer.valueOf(number), count(number)));
    return all;
  }

  private void forEachLine(Consumer<String> action) {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(root.resolve("proc/irq"), "[0-9]*")) {
      folders.forEach(folder -> action.accept(folder.getFileName().toString()));
    } catch (IOException | RuntimeException e) {
      Complaints.say("could not read the affinity of interrupts", e);
    }
  }

  private InterruptAffinity line(int number, String devices, long balancer, long count) {
    InterruptAffinity line = new InterruptAffinity();
    line.irq = number;
    line.devices = devices;
    line.allowedCpus = text("proc/irq/" + number + "/smp_affinity_list");
    line.effectiveCpus = text("proc/irq/" + number + "/effective_affinity_list");
    line.managed = managed(number);
    line.irqbalancePid = balancer;
    Long before = counts.put(line.irq, count);
    boolean known = count != NOT_KNOWN && (before == null || before != NOT_KNOWN);
    line.counted = known ? count - (before == null ? 0 : before) : NOT_KNOWN;
    return line;
  }

  /** Interrupts of a line on the captured CPUs since the host was started. */
  private long count(String number) {
    long sum = 0;
    String[] words = text("sys/kernel/irq/" + number + "/per_cpu_count").split(",");
    try {
      for (int cpu = 0; cpu < words.length; cpu++) {
        sum += cpus.isEmpty() || cpus.contains(cpu) ? Long.parseLong(words[cpu]) : 0;
      }
    } catch (NumberFormatException notAList) {
      return NOT_KNOWN;
    }
    return sum;
  }

  private String managed(int number) {
    String state = text("sys/kernel/debug/irq/irqs/" + number);
    return state.isEmpty() ? "unknown" : state.contains(MANAGED_FLAG) ? "yes" : "no";
  }

  /** Process id of irqbalance; 0 if it does not run. */
  private long irqbalance() {
    try (DirectoryStream<Path> processes =
        Files.newDirectoryStream(root.resolve("proc"), "[1-9]*")) {
      for (Path process : processes) {
        String pid = process.getFileName().toString();
        if (text("proc/" + pid + "/comm").equals("irqbalance")) {
          return Long.parseLong(pid);
        }
      }
    } catch (IOException | RuntimeException e) {
      return 0; // without a view of the processes, none of them is known to run
    }
    return 0;
  }

  private String text(String file) {
    return KernelFile.find(root.resolve(file)).orElse("");
  }
}
