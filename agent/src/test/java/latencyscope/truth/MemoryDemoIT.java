package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's diseases of memory: found, with the engine's own count, and only if they are there.
 */
@KernelTest
class MemoryDemoIT {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final long LIMIT_S = 240;

  @TempDir Path folder;

  private String out;

  private JsonNode demo(String... options) throws Exception {
    Path text = folder.resolve("out.txt");
    List<String> command =
        new ArrayList<>(List.of(JAVA.toString(), "-jar", Engine.JAR.toString(), "demo"));
    command.addAll(List.of(options));
    Process demo =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(text.toFile())
            .start();
    try {
      assertTrue(demo.waitFor(LIMIT_S, TimeUnit.SECONDS), "the demo does not end");
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
    out = Files.readString(text);
    assertEquals(0, demo.exitValue(), out);
    Path report = folder.resolve("latencyscope-demo").resolve("report.json");
    return new ObjectMapper().readTree(report.toFile());
  }

  private long printed(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(out);
    assertTrue(matcher.find(), out);
    return Long.parseLong(matcher.group(1));
  }

  /** By the kernel's own count, of the whole machine. */
  private static long majorFaults() throws IOException {
    return Files.readAllLines(Path.of("/proc/vmstat")).stream()
        .filter(line -> line.startsWith("pgmajfault "))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static List<RecordedEvent> majorFaultsOfStrategy(OurAccount ours) {
    return ours.events("PageFault").stream()
        .filter(event -> "major".equals(event.getString("kind")))
        .filter(event -> "strategy".equals(event.getThread().getJavaName()))
        .toList();
  }

  /** The longest faults that the capture has left out for a while are shorter. */
  private static long highestFloorNs(OurAccount ours) {
    return ours.events("BudgetExceeded").stream()
        .filter(event -> "latencyscope.PageFault".equals(event.getString("eventType")))
        .mapToLong(event -> event.getDuration("floor").toNanos())
        .max()
        .orElse(0);
  }

  private static boolean isCold(RecordedEvent fault) {
    String file = fault.getString("file");
    return file != null && file.matches(".*/cold/segment-\\d+");
  }

  private static List<JsonNode> findings(JsonNode report, String titlePattern) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode finding : report.get("findings")) {
      if (finding.get("module").asText().equals("memory")
          && finding.get("title").asText().matches(titlePattern)) {
        found.add(finding);
      }
    }
    return found;
  }

  @Test
  void coldJournalIsTheStrategysMajorFaultsInThatFolder() throws Exception {
    JsonNode report = demo("--cold-journal", "--seconds=8");
    long faults = printed("its major faults: (\\d+)");
    assertTrue(faults > 20, out);
    List<JsonNode> found =
        findings(report, "strategy waited for major page faults \\(mapped-file\\)");
    assertEquals(1, found.size(), out);
    JsonNode finding = found.get(0);
    assertEquals("FAIL", finding.get("severity").asText().toUpperCase());
    OurAccount ours = OurAccount.read(folder.resolve("latencyscope-demo").resolve("recording.jfr"));
    List<RecordedEvent> majors = majorFaultsOfStrategy(ours);
    long cold = majors.stream().filter(MemoryDemoIT::isCold).count();
    long unnamed = majors.stream().filter(event -> event.getString("file") == null).count();
    String told = cold + " in the folder, " + unnamed + " unnamed, of " + faults;
    // The engine counts while the disease is on, whatever it was: a machine that clears what is not
    // used has the strategy read libjvm again, too.
    assertTrue(cold <= faults, told);
    long missing = faults - cold;
    long strategy = majors.get(0).getLong("osThreadId");
    long untraced = ours.counter(strategy, "faults_untraced");
    // On a slow machine the capture keeps to its budget by leaving out the shorter ones.
    long floorNs = highestFloorNs(ours);
    long left = ours.distribution(strategy, "major_fault").getCountBetweenValues(0, floorNs);
    assertTrue(
        missing <= majors.size() - cold + untraced + left,
        told + ", " + untraced + " untraced, " + left + " below " + floorNs + " ns");
    assertTrue(ours.counter(strategy, "major_faults") >= faults, told);
    // A mapping cannot be looked up while another thread changes the mappings.
    assertTrue(unnamed <= 1 + faults / 100, told);
    List<RecordedEvent> mapped =
        majors.stream().filter(event -> "mapped-file".equals(event.getString("region"))).toList();
    assertEquals(mapped.size(), finding.get("count").asLong(), told);
    // It names the file of the longest; of what it reads again, one fault may be longer than all.
    long longest =
        mapped.stream().mapToLong(event -> event.getDuration().toNanos()).max().orElse(0);
    assertTrue(
        mapped.stream()
            .filter(event -> event.getDuration().toNanos() == longest)
            .anyMatch(event -> finding.get("culprit").asText().equals(event.getString("file"))),
        out);
    assertTrue(cold > mapped.size() / 2, told);
    assertTrue(finding.get("remedy").asText().contains("vmtouch -dl '"), out);
  }

  @Test
  void munmapStormIsTheSenderOfTheStrategysShootdowns() throws Exception {
    JsonNode report = demo("--munmap-storm", "--seconds=8");
    long unmaps = printed("munmap-storm=(\\d+) ");
    List<JsonNode> found = findings(report, "munmap-storm sent TLB shootdowns to strategy.*");
    // Whoever else runs on the strategy's CPU meanwhile takes the interrupt, or makes it needless:
    // on a machine so busy that the strategy was hardly hit, others may have hit it more often.
    long received = 0;
    for (JsonNode thread : report.at("/memory/threads")) {
      received +=
          thread.get("thread").asText().equals("strategy")
              ? thread.get("tlb_shootdowns_received").asLong()
              : 0;
    }
    assertTrue(found.size() == 1 || found.isEmpty() && received < 50, received + "\n" + out);
    for (JsonNode finding : found) {
      long count = finding.get("count").asLong();
      assertTrue(count > 0 && count <= Math.min(unmaps, received), count + "\n" + out);
    }
  }

  @Test
  void anotherDiseaseIsNoneOfMemory() throws Exception {
    long machines = majorFaults();
    JsonNode report = demo("--sleeps", "--seconds=8");
    machines = majorFaults() - machines;
    // A machine that is short of memory, or that clears what is not used, has a JVM read its own
    // files again.
    long faults = report.at("/memory/major_fault_count").asLong(-1);
    assertTrue(faults >= 0 && faults <= machines, faults + " of " + machines + "\n" + out);
    long violations = report.at("/memory/violations").asLong(-1);
    assertTrue(violations == 0 || violations > 0 && faults > 0, out);
    for (JsonNode finding : report.get("findings")) {
      assertFalse(finding.path("culprit").asText("").contains("/cold/segment-"), out);
    }
    assertEquals(List.of(), findings(report, "munmap-storm.*"), out);
  }
}
