package latencyscope.truth.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.truth.account.InterruptCounts;
import latencyscope.truth.account.KernelAccount;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.OurInterrupts;
import latencyscope.truth.workload.EveryModuleWorkload;

/**
 * What an {@link EveryModuleWorkload} has recorded on some kernel, against what that kernel itself
 * has counted. Read where the recording was brought to, not where it was made.
 */
final class KernelCheck {
  /** Rows of {@code /proc/interrupts} that are no count of their own, or that nothing traces. */
  private static final Set<String> UNTRACED_ROWS =
      Set.of("TLB", "HYP", "PMI", "NMI", "MCE", "MCP", "RTR", "PIN", "NPI", "PIW", "ERR", "MIS");

  /** Interrupts that some kernels count, and do not trace: see docs/design.md. */
  private static final double NOT_TRACED = 0.005;

  /**
   * One comparison.
   *
   * @param module whose number it is
   * @param measure what was counted
   * @param agrees whether it agrees
   * @param figures both numbers, in words
   */
  record Agreement(String module, String measure, boolean agrees, String figures) {}

  private final Path folder;
  private final String build;
  private final boolean contextsKnown;
  private final OurAccount ours;
  private final List<String[]> facts;
  private final Map<String, Long> ids = new HashMap<>();
  private final List<Agreement> agreements = new ArrayList<>();
  private final Set<String> attached = new TreeSet<>();

  private KernelCheck(Path folder) throws IOException {
    this.folder = folder;
    List<String> kernel = Files.readAllLines(folder.resolve("kernel.txt"));
    build = kernel.get(1);
    contextsKnown = kernel.contains("BTF has per-CPU variables");
    ours = OurAccount.read(folder.resolve("end.jfr"));
    facts =
        Files.readAllLines(folder.resolve("accounts.txt")).stream()
            .map(line -> line.split(" "))
            .toList();
    facts("name").forEach(words -> ids.put(words[2], Long.valueOf(words[1])));
    ours.events("ProbeStatus").stream()
        .filter(event -> event.getString("state").equals("attached"))
        .forEach(event -> attached.add(event.getString("probe")));
  }

  /** All comparisons of a folder that the workload wrote. */
  static List<Agreement> of(Path folder) throws IOException {
    KernelCheck check = new KernelCheck(folder);
    check.capture();
    check.isolation();
    check.interrupts();
    check.memory();
    check.calls();
    check.network();
    return check.agreements;
  }

  private void capture() {
    long lost = ours.lost();
    equal("capture", "records lost", 0, lost);
  }

  private void isolation() throws IOException {
    Sum voluntary = new Sum();
    Sum involuntary = new Sum();
    Sum delay = new Sum();
    Sum waits = new Sum();
    Sum migrations = new Sum();
    Sum cpuTime = new Sum();
    for (KernelAccount kernel : KernelAccount.read(folder.resolve("accounts.txt"))) {
      long id = kernel.osThreadId();
      voluntary.add(kernel.voluntary(), ours.counter(id, "voluntary_switches"));
      involuntary.add(kernel.involuntary(), ours.counter(id, "involuntary_switches"));
      delay.add(kernel.runDelayNs(), ours.counter(id, "run_delay_ns"));
      waits.add(kernel.runCount(), ours.waits(id), mostWaits(kernel.runCount()));
      cpuTime.add(kernel.cpuTimeNs(), ours.counter(id, "cpu_time_ns"));
      if (kernel.migrations() >= 0) {
        migrations.add(kernel.migrations(), ours.migrations(id));
      }
    }
    equal("isolation", "voluntary switches", voluntary);
    equal("isolation", "involuntary switches", involuntary);
    equal("isolation", "waits", waits);
    equal("isolation", "run_delay, ns", delay);
    equal("isolation", "CPU time, ns", cpuTime);
    equal("isolation", "migrations", migrations);
    long spinner = ids.get("spinner");
    between(
        "isolation",
        "moves of a thread by its mask",
        EveryModuleWorkload.MOVES,
        EveryModuleWorkload.MOVES + 1,
        ours.counter(spinner, "migrations_affinity"));
    long blamed =
        ours.events("RunQueueWait", spinner).stream()
            .filter(wait -> "sh".equals(wait.getString("culprit")))
            .filter(wait -> wait.getString("kind").equals("preempted"))
            .count();
    between("isolation", "waits behind the competitor, by name", 10, Long.MAX_VALUE, blamed);
    long wrongThread =
        ours.events("ContextSwitch", spinner).stream()
            .filter(e -> e.getThread() == null || e.getThread().getOSThreadId() != spinner)
            .count();
    equal("isolation", "events on another thread", 0, wrongThread);
  }

  /**
   * A thread that is preempted on its way to sleep waits, and the scheduler does not count it: see
   * docs/design.md. Only kernels that preempt themselves do that.
   */
  private long mostWaits(long counted) {
    return isBuilt("PREEMPT") ? counted + 1 + counted / 100 : counted;
  }

  private boolean isBuilt(String word) {
    return build.contains(word);
  }

  private void interrupts() throws IOException {
    OurInterrupts counted =
        OurInterrupts.between(folder.resolve("begin.jfr"), folder.resolve("end.jfr"));
    InterruptCounts beginBefore = counts("begin.before");
    InterruptCounts beginAfter = counts("begin.after");
    InterruptCounts endBefore = counts("end.before");
    InterruptCounts endAfter = counts("end.after");
    Set<String> rows = new TreeSet<>(endAfter.rows());
    rows.addAll(counted.rows());
    rows.removeAll(UNTRACED_ROWS);
    long all = 0;
    long least = 0;
    int compared = 0;
    List<String> wrong = new ArrayList<>();
    for (String row : rows) {
      for (int cpu = 0; cpu < endAfter.cpus(); cpu++) {
        long low = endBefore.of(row, cpu) - beginAfter.of(row, cpu);
        long high = endAfter.of(row, cpu) - beginBefore.of(row, cpu);
        long count = counted.count(row, cpu);
        all += count;
        least += low;
        compared += high > 0 ? 1 : 0;
        if (count > high || count < low - Math.ceil(NOT_TRACED * high)) {
          wrong.add("%s on CPU %d: %d of %d to %d".formatted(row, cpu, count, low, high));
        }
      }
    }
    agreements.add(
        new Agreement(
            "irq",
            "interrupts by row and CPU",
            wrong.isEmpty() && all > 0,
            wrong.isEmpty()
                ? "%d in %d rows, kernel's window %d".formatted(all, compared, least)
                : String.join("; ", wrong)));
    for (String row : List.of("LOC", "RES", "NET_RX", "TIMER")) {
      between("irq", row, 1, Long.MAX_VALUE, counted.count(row));
    }
    between(
        "irq",
        "interrupts stolen from the spinner",
        10,
        Long.MAX_VALUE,
        counted.stolen(ids.get("spinner")));
    // Of the longest, whose details are in the recording whatever the threshold.
    List<String> functions =
        ours.events("Exemplar").stream()
            .map(event -> event.getString("details"))
            .flatMap(String::lines)
            .filter(line -> line.startsWith("function="))
            .map(line -> line.substring("function=".length()))
            .toList();
    long named = functions.stream().filter(name -> !name.startsWith("0x")).count();
    between("irq", "functions of timers and requests, by name", 1, functions.size(), named);
    equal("irq", "of these, all", functions.size(), named);
  }

  private InterruptCounts counts(String file) throws IOException {
    return InterruptCounts.read(folder.resolve(file));
  }

  private void memory() throws IOException {
    Sum minor = new Sum();
    Sum major = new Sum();
    facts("faults")
        .forEach(words -> {
          long id = Long.parseLong(words[1]);
          minor.add(Long.parseLong(words[2]), ours.counter(id, "minor_faults"));
          major.add(Long.parseLong(words[3]), ours.counter(id, "major_faults"));
        });
    equal("memory", "minor faults", minor);
    equal("memory", "major faults", major);
    long[] touched = facts("touched").findFirst().map(KernelCheck::numbers).orElseThrow();
    List<RecordedEvent> touches =
        ours.events("PageFault", ids.get("toucher")).stream()
            .filter(e -> e.getLong("address") >= touched[0] && e.getLong("address") < touched[1])
            .toList();
    equal(
        "memory",
        "touched pages, each with its fault",
        EveryModuleWorkload.TOUCHES,
        touches.size());
    long timed =
        touches.stream().filter(e -> e.getDuration("kernelDuration").toNanos() > 0).count();
    equal("memory", "of these with a length", EveryModuleWorkload.TOUCHES, timed);
    List<RecordedEvent> cold =
        ours.events("PageFault", ids.get("cold-reader")).stream()
            .filter(e -> e.getString("kind").equals("major"))
            .toList();
    equal("memory", "pages from a cold file", EveryModuleWorkload.COLD_PAGES, cold.size());
    // Programs may not look for the mapping before 5.17, nor with interrupts off on PREEMPT_RT.
    if (attached.contains("ls_page_faults_maj") && !isBuilt("PREEMPT_RT")) {
      long named =
          cold.stream()
              .filter(e -> String.valueOf(e.getString("file")).endsWith("cold.bin"))
              .count();
      equal("memory", "of these with the file's name", EveryModuleWorkload.COLD_PAGES, named);
    }
    shootdowns();
  }

  private void shootdowns() throws IOException {
    long unmapper = ids.get("unmapper");
    long flushed = ours.counter(unmapper, "tlb_local_mm_shootdown");
    between(
        "memory",
        "flushes by unmapping",
        EveryModuleWorkload.UNMAPS,
        EveryModuleWorkload.UNMAPS + 100,
        flushed);
    if (!attached.contains("ls_csd_function_entry")) {
      return; // there, only those that found something to flush are seen
    }
    OurAccount begin = OurAccount.read(folder.resolve("begin.jfr"));
    for (int cpu = 0; cpu < counts("end.after").cpus(); cpu++) {
      long low = counts("end.before").of("TLB", cpu) - counts("begin.after").of("TLB", cpu);
      long high = counts("end.after").of("TLB", cpu) - counts("begin.before").of("TLB", cpu);
      long count =
          ours.subjectCounter("cpu", cpu, "shootdowns_received")
              - begin.subjectCounter("cpu", cpu, "shootdowns_received");
      between("memory", "TLB shootdowns on CPU " + cpu, low, high, count);
    }
  }

  /** Whether the longest stay off the CPU in a nap was ended by an interrupt, as is recorded. */
  private boolean endedByATimer(RecordedEvent nap) {
    return ours.events("ContextSwitch", nap.getLong("osThreadId")).stream()
        .filter(stay -> !stay.getStartTime().isBefore(nap.getStartTime()))
        .filter(stay -> !stay.getEndTime().isAfter(nap.getEndTime()))
        .max(Comparator.comparing(RecordedEvent::getDuration))
        .filter(stay ->
            contextsKnown
                ? List.of("hardirq", "softirq").contains(stay.getString("wakerContext"))
                    && stay.getLong("wakerTid") == 0
                    && stay.getString("waker") == null
                : stay.getString("wakerContext").equals("unknown"))
        .isPresent();
  }

  private void calls() {
    long napper = ids.get("napper");
    List<RecordedEvent> naps =
        ours.events("FutexWait", napper).stream()
            .filter(wait -> wait.getString("outcome").equals("timed-out"))
            .filter(wait -> wait.getDuration("asked").toMillis() <= EveryModuleWorkload.NAP_MS)
            .toList();
    equal("syscall", "naps that timed out in a futex", EveryModuleWorkload.NAPS, naps.size());
    // Without the preempt count, the interrupted task is named, in a context called unknown. So is
    // a wakeup that was not traced, which happens now and then.
    between(
        "isolation",
        contextsKnown
            ? "naps that a timer ended, with no task named as the waker"
            : "naps that a timer ended, with the waker's context said to be unknown",
        contextsKnown ? EveryModuleWorkload.NAPS * 9 / 10 : EveryModuleWorkload.NAPS,
        EveryModuleWorkload.NAPS,
        naps.stream().filter(this::endedByATimer).count());
    long reader = ids.get("pipe-reader");
    long reads =
        ours.events("BlockingSyscall", reader).stream()
            .filter(call -> call.getString("call").equals("read"))
            .filter(call -> call.getString("file").equals("pipe"))
            .filter(call -> call.getLong("wakerTid") > 0)
            .filter(
                call -> call.getString("wakerContext").equals(contextsKnown ? "task" : "unknown"))
            .count();
    equal("syscall", "blocking reads of a pipe, woken by name", EveryModuleWorkload.READS, reads);
    // Of every voluntary switch a call, or a fault that waited, tells.
    for (String name : List.of("player-0", "player-1", "napper", "pipe-reader")) {
      long id = ids.get(name);
      long blocked =
          Stream.of("FutexWait", "BlockingSyscall", "Sleep")
              .mapToLong(type -> ours.events(type, id).size())
              .sum();
      long switches = ours.counter(id, "voluntary_switches");
      // It has parked for good, in a call that has not ended.
      between("syscall", "blocking calls of " + name, switches - 3, switches, blocked);
    }
  }

  private void network() throws IOException {
    long[] ports = facts("ports").findFirst().map(KernelCheck::numbers).orElseThrow();
    long refused =
        ours.events("PacketDrop").stream()
            .filter(drop -> drop.getInt("localPort") == ports[1])
            .count();
    equal("network", "datagrams that nobody read, dropped", EveryModuleWorkload.DATAGRAMS, refused);
    equal(
        "network",
        "by the kernel's own count (NoPorts)",
        noPorts("end.after.net") - noPorts("begin.before.net"),
        refused);
    if (!attached.contains("ls_sock_recv_length")) {
      return;
    }
    long reader = ids.get("md-reader");
    equal(
        "network", "deliveries", EveryModuleWorkload.DATAGRAMS, ours.counter(reader, "deliveries"));
    // A reader that is faster than the statement after the queueing gets what is not timed; where
    // two CPUs take turns on one, that is not so rare.
    long untimed = ours.counter(reader, "deliveries_untimed");
    between("network", "of these not timed", 0, EveryModuleWorkload.DATAGRAMS / 4, untimed);
    equal(
        "network",
        "deliveries recorded, which are the others",
        EveryModuleWorkload.DATAGRAMS - untimed,
        ours.events("SocketDelivery", reader).size());
  }

  private long noPorts(String table) throws IOException {
    List<String> lines =
        Files.readAllLines(folder.resolve(table)).stream()
            .filter(line -> line.startsWith("Udp: "))
            .toList();
    List<String> names = List.of(lines.get(0).split(" "));
    return Long.parseLong(lines.get(1).split(" ")[names.indexOf("NoPorts")]);
  }

  private Stream<String[]> facts(String first) {
    return facts.stream().filter(words -> words[0].equals(first));
  }

  private static long[] numbers(String[] words) {
    return Stream.of(words).skip(1).mapToLong(Long::parseLong).toArray();
  }

  private void equal(String module, String measure, Sum sum) {
    boolean agrees = sum.wrong == 0 && sum.kernel > 0;
    String figures =
        sum.wrong == 0
            ? sum.ours + beside(sum) + " in " + sum.threads + " threads"
            : sum.wrong
                + " of "
                + sum.threads
                + " threads differ: "
                + sum.ours
                + ", not "
                + sum.kernel;
    agreements.add(new Agreement(module, measure, agrees, figures));
  }

  private static String beside(Sum sum) {
    return sum.ours == sum.kernel ? "" : " (the kernel: " + sum.kernel + ")";
  }

  private void equal(String module, String measure, long kernel, long counted) {
    String figures = kernel == counted ? String.valueOf(counted) : counted + ", not " + kernel;
    agreements.add(new Agreement(module, measure, kernel == counted, figures));
  }

  private void between(String module, String measure, long low, long high, long counted) {
    boolean agrees = counted >= low && counted <= high;
    String range = high == Long.MAX_VALUE ? "at least " + low : low + " to " + high;
    agreements.add(new Agreement(module, measure, agrees, counted + " (" + range + ")"));
  }

  /** A measure over all threads, each compared for itself. */
  private static final class Sum {
    private long kernel;
    private long ours;
    private int threads;
    private int wrong;

    void add(long theirCount, long ourCount) {
      add(theirCount, ourCount, theirCount);
    }

    void add(long theirCount, long ourCount, long most) {
      kernel += theirCount;
      ours += ourCount;
      threads++;
      wrong += ourCount >= theirCount && ourCount <= most ? 0 : 1;
    }
  }
}
