package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.bpf.btf.Fixtures;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.ring.LogReader;
import latencyscope.bpf.ring.RecordHandler;
import org.junit.jupiter.api.Test;

/** A log of the running kernel's programs that is overrun on purpose while it is read. */
@KernelTest
class LogOverrunTest {
  private static final int PER_CPU = 64;
  private static final long LASTS_NS = 2_000_000_000;

  private long mixed;
  private long repeated;
  private long handed;

  @Test
  void noRecordIsMisreadAndEachIsAccountedFor() throws Exception {
    int cpus = Kernel.running().possibleCpus().last().orElseThrow() + 1;
    KernelObject spec =
        KernelObject.open(Fixtures.object("overrun"))
            .constant("target_tgid", ProcessHandle.current().pid())
            .constant("log_records", PER_CPU)
            .mapEntries("ls_log", cpus * PER_CPU)
            .mapEntries("ls_log_heads", cpus);
    try (LoadedObject loaded = spec.load()) {
      KernelMap heads = loaded.map("ls_log_heads");
      KernelMap records = loaded.map("ls_log");
      LogReader reader =
          new LogReader(
              heads.memory(),
              heads.stride(),
              records.memory(),
              records.stride(),
              (data, at) -> data.get(JAVA_LONG, at + Long.BYTES));
      loaded.attach("ls_test_softirq");
      loaded.attach("ls_test_call");
      overrun(reader, cpus);
      loaded.detach("ls_test_call");
      loaded.detach("ls_test_softirq");
      readAll(reader, cpus, new long[cpus]);

      long written = loaded.variable("written").get(JAVA_LONG, 0);
      long turns = 0;
      for (int cpu = 0; cpu < cpus; cpu++) {
        turns += reader.written(cpu);
      }
      long overwritten = reader.takeOverwritten();
      long accounted = handed + overwritten + reader.takeUnfinished();
      String numbers =
          "written "
              + written
              + ", turns "
              + turns
              + ", handed "
              + handed
              + ", overwritten "
              + overwritten
              + ", accounted for "
              + accounted;
      assertEquals(0, mixed, numbers);
      assertEquals(0, repeated, numbers);
      assertTrue(handed > 1_000 && overwritten > 1_000, numbers);
      // A program that is interrupted while it takes a turn may leave that turn without a record.
      assertTrue(written <= accounted && accounted <= turns, numbers);
      assertTrue(turns - written < written / 1_000 + 10, numbers);
      assertEquals(0, loaded.variable("without_place").get(JAVA_LONG, 0), numbers);
    }
  }

  private void overrun(LogReader reader, int cpus) throws InterruptedException {
    long end = System.nanoTime() + LASTS_NS;
    Thread caller =
        Thread.ofPlatform()
            .start(() -> {
              while (System.nanoTime() < end) {
                Files.exists(Path.of("/"));
              }
            });
    long[] last = new long[cpus];
    while (caller.isAlive()) {
      readAll(reader, cpus, last);
    }
    caller.join();
  }

  private void readAll(LogReader reader, int cpus, long[] last) {
    for (int cpu = 0; cpu < cpus; cpu++) {
      int of = cpu;
      RecordHandler check =
          (data, at, length) -> {
            long turn = data.get(JAVA_LONG, at);
            repeated += turn <= last[of] ? 1 : 0;
            last[of] = turn;
            for (int word = 1; word < length / Long.BYTES; word++) {
              mixed += data.get(JAVA_LONG, at + (long) word * Long.BYTES) == turn ? 0 : 1;
            }
          };
      handed += reader.read(cpu, 0, check);
    }
  }
}
