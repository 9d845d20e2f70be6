package latencyscope.recording;

import java.util.List;
import java.util.Map;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;

/** Makes recordings of the irq module out of values. */
public final class IrqFixture {
  private static final String MODULE = "irq";
  private static final int TICKS = 2_500;

  private final Fixture fixture = new Fixture();

  /** What was captured: 10 s of process 4711 on eight CPUs, with all probes. */
  public IrqFixture(String cpus, String isolated) {
    fixture.capture(MODULE, cpus, isolated);
    for (String probe :
        List.of("ls_irq_handler_entry", "ls_softirq_entry", "ls_local_timer_exit")) {
      fixture.probe(MODULE, probe, "attached", null, null);
    }
  }

  private IrqFixture() {}

  /** A capture of which nothing is known but that the module was asked for. */
  public static IrqFixture withoutProbes() {
    IrqFixture irq = new IrqFixture();
    irq.fixture.capture(MODULE, "", "");
    return irq;
  }

  /** Adds what was counted of a line, a vector, or an interrupt of the CPU's own. */
  public IrqFixture counted(String kind, long id, String name, int cpu, long count, long eachNs) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(eachNs, count);
    return distribution(
        "net_time",
        histogram,
        eachNs,
        "subject",
        kind,
        "subjectId",
        id,
        "subjectName",
        name,
        "cpu",
        (long) cpu);
  }

  /** Adds what was stolen from a thread. */
  public IrqFixture stolen(String measure, ThreadId thread, long count, long eachNs) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(eachNs, count);
    return distribution(
        measure, histogram, eachNs, "thread", thread.name(), "osThreadId", thread.osTid());
  }

  private IrqFixture distribution(String measure, Histogram histogram, long max, Object... whose) {
    Map<String, Object> fields =
        Fixture.fields(
            "startTime",
            Fixture.START,
            "duration",
            0L,
            "module",
            MODULE,
            "measure",
            measure,
            "count",
            histogram.getTotalCount(),
            "total",
            histogram.getTotalCount() * max,
            "max",
            max,
            "unbinned",
            0L,
            "distribution",
            Fixture.encode(histogram));
    fields.putAll(Fixture.fields(whose));
    fixture.builder.add(Fixture.type("Histogram", "capture", fields), fields.values().toArray());
    return this;
  }

  /** Adds how many runs of a shared line's handlers were not the first in their interrupt. */
  public IrqFixture further(long irq, String device, int cpu, long count) {
    fixture.add(
        "Counter",
        "module",
        MODULE,
        "measure",
        "handlers_further",
        "subject",
        "line",
        "subjectId",
        irq,
        "subjectName",
        device,
        "cpu",
        (long) cpu,
        "value",
        count);
    return this;
  }

  /** Adds where a line may be delivered, of which the kernel counted 100 interrupts. */
  public IrqFixture line(
      int irq, String devices, String allowed, String effective, String managed, long irqbalance) {
    return line(irq, devices, allowed, effective, managed, irqbalance, 100);
  }

  private IrqFixture line(
      int irq,
      String devices,
      String allowed,
      String effective,
      String managed,
      long irqbalance,
      long counted) {
    fixture.add(
        "InterruptAffinity",
        "irq",
        (long) irq,
        "devices",
        devices,
        "allowedCpus",
        allowed,
        "effectiveCpus",
        effective,
        "managed",
        managed,
        "irqbalancePid",
        irqbalance,
        "counted",
        counted);
    return this;
  }

  /** Adds a device's interrupt; times are offsets from the start. */
  public IrqFixture hard(ThreadId thread, long offset, long ns, int cpu, int irq, String device) {
    return event(
        "HardIrq",
        thread,
        offset,
        ns,
        cpu,
        "irq",
        (long) irq,
        "device",
        device,
        "net",
        ns,
        "interrupted",
        thread.name());
  }

  /** Adds a softirq, of which another interrupt took some part. */
  public IrqFixture soft(
      ThreadId thread,
      long offset,
      long ns,
      long nestedNs,
      int cpu,
      String vector,
      String context) {
    return event(
        "SoftIrq",
        thread,
        offset,
        ns,
        cpu,
        "vector",
        vector,
        "context",
        context,
        "net",
        ns - nestedNs,
        "interrupted",
        thread.name());
  }

  /** Adds an interrupt of the CPU's own. */
  public IrqFixture local(
      ThreadId thread, long offset, long ns, int cpu, String vector, String function) {
    return event(
        "LocalInterrupt",
        thread,
        offset,
        ns,
        cpu,
        "vector",
        vector,
        "function",
        function,
        "functionTime",
        ns / 2,
        "net",
        ns,
        "interrupted",
        thread.name());
  }

  private IrqFixture event(
      String name, ThreadId thread, long offset, long ns, int cpu, Object... more) {
    fixture.event(MODULE, name, thread, offset, ns, cpu, more);
    return this;
  }

  /** What is to be said of it. */
  public Report report(Limit... limits) {
    return fixture.report(limits);
  }

  /** A network card and a disk on isolated CPUs, with irqbalance, and a tick that does not stop. */
  public static IrqFixture badDay() {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    ThreadId gc = new ThreadId(4715, "GC Thread#0", 0);
    ThreadId nobody = new ThreadId(0, "", 0);
    return new IrqFixture("4-7", "4-7")
        .line(27, "eth0-rx-0", "0-7", "4", "unknown", 812, 60)
        .line(28, "eth0-tx-0", "0-7", "1", "unknown", 812, 0)
        .line(40, "nvme0q5", "4-5", "5", "yes", 812, 3)
        .line(41, "ahci", "0-3", "2", "no", 812, 137)
        .counted("line", 27, "eth0-rx-0", 4, 60, 4_100)
        .counted("line", 40, "nvme0q5", 5, 3, 7_900)
        .counted("line", 41, "ahci", 2, 137, 9_200)
        .counted("vector", 3, "NET_RX", 4, 60, 83_000)
        .counted("vector", 1, "TIMER", 4, 700, 2_100)
        .counted("local", 0, "local-timer", 4, TICKS, 6_300)
        .counted("local", 2, "call-function", 4, 12, 900)
        .stolen("stolen_hard_irq", strategy, 60, 4_100)
        .stolen("stolen_softirq", strategy, 60, 83_000)
        .stolen("stolen_local", strategy, TICKS, 6_300)
        .stolen("stolen_local", gc, 1, 61_000)
        .hard(strategy, 1_000_000_000L, 4_100, 4, 27, "eth0-rx-0")
        .hard(nobody, 1_200_000_000L, 7_900, 5, 40, "nvme0q5")
        .soft(strategy, 1_000_005_000L, 83_000, 4_100, 4, "NET_RX", "interrupt")
        .soft(strategy, 1_500_005_000L, 53_000, 0, 4, "NET_RX", "own-call")
        .local(strategy, 2_000_000_000L, 6_300, 4, "local-timer", "tick_nohz_handler")
        .local(gc, 3_000_000_000L, 61_000, 1, "call-function", "flush_tlb_func");
  }

  /** Short ticks only, and every device kept away. */
  public static IrqFixture goodDay() {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    return new IrqFixture("4-7", "4-7")
        .line(27, "eth0-rx-0", "0-3", "1", "no", 0)
        .counted("line", 27, "eth0-rx-0", 1, 100, 4_100)
        .counted("local", 0, "local-timer", 4, 10, 1_200)
        .stolen("stolen_local", strategy, 10, 1_200);
  }
}
