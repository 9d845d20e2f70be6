package latencyscope.guest.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import latencyscope.guest.channel.RecorderSink;
import latencyscope.jfr.irq.InterruptAffinity;
import latencyscope.proc.CpuSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that are described by files. */
class InterruptAffinitiesTest {
  private static final RecorderSink SINK = new RecorderSink(null);

  @TempDir Path root;

  private void file(String name, String text) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private void line(int irq, String devices) throws Exception {
    file("proc/irq/" + irq + "/smp_affinity_list", "0-7");
    file("proc/irq/" + irq + "/effective_affinity_list", "4");
    file("sys/kernel/irq/" + irq + "/actions", devices);
    file("sys/kernel/irq/" + irq + "/per_cpu_count", "100,7,0,5");
  }

  private InterruptAffinity only(InterruptAffinities affinities) {
    List<InterruptAffinity> lines = affinities.read();
    assertEquals(1, lines.size());
    return lines.get(0);
  }

  @Test
  void linesWithoutAHandlerAreLeftOut() throws Exception {
    file("proc/irq/default_smp_affinity", "ff");
    line(24, "");
    assertEquals(List.of(), new InterruptAffinities(root, CpuSet.EMPTY, SINK).read());
  }

  @Test
  void masksAreInTheKernelsNotation() throws Exception {
    line(27, "eth0-rx-0");
    InterruptAffinity line = only(new InterruptAffinities(root, CpuSet.EMPTY, SINK));
    assertEquals(27, line.irq);
    assertEquals("eth0-rx-0", line.devices);
    assertEquals("0-7", line.allowedCpus);
    assertEquals("4", line.effectiveCpus);
    assertEquals("unknown", line.managed);
    assertEquals(0, line.irqbalancePid);
  }

  @Test
  void debugfsTellsWhetherTheKernelManagesALine() throws Exception {
    line(27, "nvme0q1");
    file("sys/kernel/debug/irq/irqs/27", "handler:  handle_edge_irq\n  IRQD_AFFINITY_MANAGED");
    assertEquals("yes", only(new InterruptAffinities(root, CpuSet.EMPTY, SINK)).managed);
    file("sys/kernel/debug/irq/irqs/27", "handler:  handle_edge_irq");
    assertEquals("no", only(new InterruptAffinities(root, CpuSet.EMPTY, SINK)).managed);
  }

  @Test
  void irqbalanceIsNoticedByItsName() throws Exception {
    line(27, "eth0");
    file("proc/812/comm", "irqbalance");
    assertEquals(812, only(new InterruptAffinities(root, CpuSet.EMPTY, SINK)).irqbalancePid);
  }

  @Test
  void countsAreThoseOfTheCapturedCpusSinceTheLastLook() throws Exception {
    line(27, "eth0");
    InterruptAffinities all = new InterruptAffinities(root, CpuSet.EMPTY, SINK);
    InterruptAffinities some = new InterruptAffinities(root, CpuSet.parse("1-3"), SINK);
    assertEquals(112, only(all).counted);
    assertEquals(12, only(some).counted);
    file("sys/kernel/irq/27/per_cpu_count", "101,9,0,5");
    assertEquals(3, only(all).counted);
    assertEquals(2, only(some).counted);
    Files.delete(root.resolve("sys/kernel/irq/27/per_cpu_count"));
    assertEquals(-1, only(all).counted);
  }
}
