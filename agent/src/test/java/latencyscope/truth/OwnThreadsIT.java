package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.CpuList;
import latencyscope.bpf.KernelTest;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's threads in an engine leave the CPUs alone that they are to watch. */
@KernelTest
class OwnThreadsIT {
  private static final long LIMIT_MS = 20_000;
  private static final int MONITORED = 1;

  @TempDir Path folder;

  /** Where each of them may run, by the kernel's account; names are cut to 15 characters. */
  private static Map<String, CpuList> allowed(long pid) throws IOException {
    Map<String, CpuList> allowed = new TreeMap<>();
    for (ProcFile thread : ProcFile.threads(pid)) {
      if (thread.text("Name").startsWith("latencyscope")) {
        allowed.put(thread.text("Name"), CpuList.parse(thread.text("Cpus_allowed_list")));
      }
    }
    return allowed;
  }

  private static boolean mayRunThere(Map<String, CpuList> allowed) {
    return allowed.values().stream()
        .anyMatch(cpus -> cpus.stream().anyMatch(cpu -> cpu == MONITORED));
  }

  @Test
  void stayOffTheMonitoredCpus() throws Exception {
    Path errors = folder.resolve("stderr.txt");
    try (Engine engine =
        Launch.of(NappingEngine.class).withAgent("cpus=" + MONITORED).start(errors)) {
      engine.await("ready");
      new Jcmd(engine.pid()).start("capture", "+latencyscope.ContextSwitch#enabled=true");
      KernelObjects.awaitHeldBy(engine.pid(), List.of("isolation"));
      Map<String, CpuList> allowed = allowed(engine.pid());
      for (long waited = 0; mayRunThere(allowed) && waited < LIMIT_MS; waited += 50) {
        TimeUnit.MILLISECONDS.sleep(50); // one of them looks once a second
        allowed = allowed(engine.pid());
      }
      assertTrue(allowed.containsKey("latencyscope-dr"), allowed::toString);
      assertTrue(allowed.containsKey("latencyscope-wa"), allowed::toString);
      assertFalse(mayRunThere(allowed), allowed::toString);
    }
  }
}
