package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pinned thread whose CPU a competitor and an interrupt line share: both are moved away, the
 * contract passes, and everything is given back, also after SIGKILL at any moment. A few moments
 * here; more with {@code scripts/tune-crash-points.sh}.
 */
@KernelTest
class TuneIT {
  private static final int POINTS = Integer.getInteger("tune.points", 2);
  private static final long SEED = Long.getLong("tune.seed", System.nanoTime());
  private static final long LIMIT_S = 120;
  private static final String WORKQUEUES = "/sys/devices/virtual/workqueue/cpumask";

  /** The target's; the disk's line, which the kernel moves alone, is on the other one. */
  private static final String CPU = "0";

  private static final String CONTRACT =
      """
      version: 1
      minimum_time: 300ms
      threads:
      - name: sh
        cpus: 0
        limits:
          runqueue_wait: {rate: 250ms/s}
          device_interrupts: {rate: 60/s}
      """;

  /** Half of the time, at a higher priority than the target's. */
  private static final String COMPETITOR =
      "while (1) { $end = time() + 0.01; 1 while time() < $end; usleep(10000) }";

  @TempDir Path folder;

  private final List<Process> processes = new ArrayList<>();
  private Process competitor;
  private Path line;
  private String lineBefore;

  @BeforeEach
  void disturbAThread() throws Exception {
    line = randomNumbersLine();
    lineBefore = Files.readString(line).strip();
    Files.writeString(line, CPU);
    startOn(CPU, "chrt", "--rr", "1", "sh", "-c", "while :; do :; done");
    competitor =
        startOn(CPU, "chrt", "--rr", "2", "perl", "-MTime::HiRes=time,usleep", "-e", COMPETITOR);
    // Each read takes an interrupt.
    startOn("1", "dd", "if=/dev/hwrng", "of=/dev/null", "bs=64");
    Files.writeString(folder.resolve("contract.yml"), CONTRACT);
  }

  @AfterEach
  void endAll() throws Exception {
    for (Process process : processes) {
      Commands.end(process);
    }
    Files.writeString(line, lineBefore);
  }

  /** Starts a command on a CPU; when it returns, it runs there and nowhere else. */
  private Process startOn(String cpu, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", cpu));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    processes.add(process);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (!cpu.equals(cpus(process))) {
      assertTrue(System.nanoTime() < end, () -> "does not come to its CPU: " + command);
      TimeUnit.MILLISECONDS.sleep(10);
    }
    // The tools that put it there have its CPU before it has.
    Commands.awaitProgram(process, words[0].equals("chrt") ? words[3] : words[0]);
    return process;
  }

  private static Path randomNumbersLine() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/hwrng")), "no device whose interrupts can be provoked");
    String device = Files.readString(Path.of("/sys/class/misc/hw_random/rng_current")).strip();
    assumeTrue(device.startsWith("virtio_rng"), device);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/sys/kernel/irq"))) {
      for (Path irq : all) {
        String actions = Files.readString(irq.resolve("actions"));
        if (actions.matches("virtio\\d+-input\\s*")) {
          return Path.of("/proc/irq", irq.getFileName().toString(), "smp_affinity_list");
        }
      }
    }
    assumeTrue(false, "the line of " + device + " is not found");
    return null;
  }

  private ProcessBuilder tool(String command, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of(
                // Not where it would be what the target waits for.
                "taskset",
                "-c",
                "1",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Engine.JAR.toString(),
                command));
    words.addAll(List.of(options));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output.txt").toFile());
  }

  private ProcessBuilder apply() {
    return tool(
        "tune",
        folder.resolve("contract.yml").toString(),
        "--pid",
        "" + processes.get(0).pid(),
        "--duration",
        "500ms",
        "--journal",
        journal().toString(),
        "--apply");
  }

  private Path journal() {
    return folder.resolve("state").resolve("tune.journal");
  }

  private int run(ProcessBuilder builder) throws Exception {
    Process process = builder.start();
    assertTrue(process.waitFor(LIMIT_S, TimeUnit.SECONDS), this::output);
    return process.exitValue();
  }

  private int revert() throws Exception {
    return run(tool("tune", "--revert", "--journal", journal().toString()));
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("output.txt"));
    } catch (IOException e) {
      return "no output: " + e;
    }
  }

  private String cpus(Process process) throws IOException {
    String status = Files.readString(Path.of("/proc", "" + process.pid(), "status"));
    return status.replaceAll("(?s).*Cpus_allowed_list:\\s*(\\S+).*", "$1");
  }

  /** Everything that tune can write on this host. */
  private Map<String, String> values() throws IOException {
    Map<String, String> values = new TreeMap<>();
    for (Process process : processes) {
      values.put("CPUs of " + process.pid(), cpus(process));
    }
    try (DirectoryStream<Path> lines = Files.newDirectoryStream(Path.of("/proc/irq"), "[0-9]*")) {
      for (Path irq : lines) {
        values.put(irq.toString(), Files.readString(irq.resolve("smp_affinity_list")));
      }
    }
    for (String file :
        List.of(
            WORKQUEUES,
            "/sys/kernel/mm/transparent_hugepage/enabled",
            "/proc/sys/kernel/watchdog_cpumask",
            "/proc/sys/kernel/nmi_watchdog",
            "/proc/sys/vm/compaction_proactiveness",
            "/proc/sys/vm/stat_interval")) {
      values.put(file, Files.exists(Path.of(file)) ? Files.readString(Path.of(file)) : "");
    }
    return values;
  }

  @Test
  void aViolatedContractPassesAndEverythingIsGivenBackAlsoAfterSigkill() throws Exception {
    Map<String, String> before = values();
    long begin = System.nanoTime();
    assertEquals(0, run(apply()), this::output);
    final long reach = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    assertTrue(output().contains("Before: violated; now: passed."), this::output);
    assertTrue(output().contains("competitors: kept"), this::output);
    assertTrue(output().contains("interrupt lines: kept"), this::output);
    assertEquals("1", cpus(competitor));
    assertEquals("1", Files.readString(line).strip());
    // What did not help is as it was.
    for (String file : List.of("/proc/sys/vm/stat_interval", WORKQUEUES)) {
      assertEquals(before.get(file), values().get(file), file);
    }
    assertEquals(0, revert(), this::output);
    assertEquals(before, values());
    assertFalse(Files.exists(journal()), "nothing is left to give back");
    killAnywhere(before, reach);
  }

  private void killAnywhere(Map<String, String> before, long reach) throws Exception {
    Random random = new Random(SEED);
    int changed = 0;
    for (int point = 0; point < POINTS; point++) {
      String where = "point " + point + " of seed " + SEED + " (-Dtune.seed)";
      Process process = apply().start();
      TimeUnit.MILLISECONDS.sleep(random.nextLong(reach));
      process.destroyForcibly().waitFor();
      changed += before.equals(values()) ? 0 : 1;
      assertEquals(0, revert(), () -> where + output());
      assertEquals(before, values(), where);
    }
    System.out.println(
        "TuneIT: killed "
            + POINTS
            + " times within "
            + reach
            + " ms, with values changed "
            + changed
            + " times; seed "
            + SEED);
  }
}
