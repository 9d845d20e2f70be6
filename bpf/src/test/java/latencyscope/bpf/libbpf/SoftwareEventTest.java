package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.bpf.btf.Fixtures;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.ffm.Libc;
import latencyscope.bpf.kernel.Kernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@KernelTest
class SoftwareEventTest {
  private static final String PROGRAM = "ls_page_faults_min";
  private static final int PAGES = 500;

  private LoadedObject loaded;

  @BeforeEach
  void load() throws Exception {
    loaded =
        KernelObject.open(Fixtures.object("faults"))
            .constant("wanted_tgid", ProcessHandle.current().pid())
            .load();
  }

  @AfterEach
  void unload() {
    loaded.close();
  }

  @Test
  void programsAreNamedAfterTheirEvent() {
    assertEquals(Optional.of(SoftwareEvent.PAGE_FAULTS_MIN), SoftwareEvent.of(PROGRAM));
    assertEquals(
        Optional.of(SoftwareEvent.PAGE_FAULTS_MAJ),
        SoftwareEvent.of("ls_page_faults_maj__before_5_17"));
    assertEquals(Optional.empty(), SoftwareEvent.of("ls_page_faults_minimal"));
    assertThrows(IllegalArgumentException.class, () -> loaded.attach("ls_test_nameless"));
  }

  @Test
  void everyFaultIsHandedOverWhileAttached() throws Exception {
    touch();
    assertEquals(0, faults());
    loaded.attach(PROGRAM);
    long before = minorFaults();
    touch();
    loaded.detach(PROGRAM);
    long kernel = minorFaults() - before;
    long seen = faults();
    // Other threads of this JVM fault too, also between one look and the next.
    assertTrue(seen >= PAGES && seen <= kernel + 50, seen + " seen, " + kernel + " counted");
    touch();
    assertEquals(seen, faults());
  }

  @Test
  void noDescriptorIsLeft() throws Exception {
    long before = descriptors();
    loaded.attach(PROGRAM);
    loaded.attach(PROGRAM); // the second is the same
    assertEquals(before + Kernel.running().onlineCpus().size(), descriptors());
    loaded.detach(PROGRAM);
    assertEquals(before, descriptors());
    loaded.attach(PROGRAM);
    loaded.close();
    assertEquals(before, descriptors());
  }

  private long faults() throws BpfException {
    return loaded.variable("faults").get(ValueLayout.JAVA_LONG, 0);
  }

  private static void touch() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      long page = Libc.pageSize();
      MemorySegment fresh =
          Libc.map(arena, "pages", PAGES * page, Libc.PROT_READ | Libc.PROT_WRITE, -1, 0);
      for (int i = 0; i < PAGES; i++) {
        fresh.set(ValueLayout.JAVA_BYTE, i * page, (byte) 1);
      }
    }
  }

  /** Of the whole process, by /proc/PID/stat. */
  private static long minorFaults() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[7]);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(SoftwareEventTest::isPerfEvent).count();
    }
  }

  private static boolean isPerfEvent(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("perf_event");
    } catch (NoSuchFileException closedMeanwhile) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
