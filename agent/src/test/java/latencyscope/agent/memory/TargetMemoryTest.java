package latencyscope.agent.memory;

import static java.util.stream.Collectors.joining;
import static latencyscope.guest.hotspot.MemoryRegion.ANONYMOUS;
import static latencyscope.guest.hotspot.MemoryRegion.CODE_CACHE;
import static latencyscope.guest.hotspot.MemoryRegion.JAVA_HEAP;
import static latencyscope.guest.hotspot.MemoryRegion.MAPPED_FILE;
import static latencyscope.guest.hotspot.MemoryRegion.THREAD_STACK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import latencyscope.agent.event.MappedFiles;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.module.ProgramChoice;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.HotSpotMemory;
import latencyscope.guest.hotspot.HotSpotStructs;
import latencyscope.guest.hotspot.MemoryRegion;
import latencyscope.guest.thread.ThreadStacks;
import latencyscope.jfr.PageLookup;
import latencyscope.proc.MemoryMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What memory is used for, by what this JVM and its kernel say of themselves. */
class TargetMemoryTest {
  private static final Path SELF = Path.of("/proc/self");

  @TempDir Path folder;

  private void map(String mappings) throws IOException {
    // The number of threads is field 20 and the size field 23: both stay.
    String numbers = IntStream.rangeClosed(4, 40).mapToObj(Integer::toString).collect(joining(" "));
    Files.writeString(folder.resolve("stat"), "1 (cat) S " + numbers);
    Files.writeString(folder.resolve("maps"), mappings);
    Files.createDirectories(folder.resolve("task"));
  }

  /**
   * Its size says most, and else the kernel's list of mappings does: by itself time is no reason.
   */
  @Test
  void isLookedAtAgainIfItMayHaveChanged() throws Exception {
    long second = 1_000_000_000;
    map("1000-2000 rw-p 00000000 00:00 0\n");
    try (TargetMemory memory = new TargetMemory(folder, null)) {
      assertTrue(memory.mayHaveChanged(0));
      assertFalse(memory.mayHaveChanged(second));
      assertFalse(memory.mayHaveChanged(6 * second));
      map("1000-2000 r--s 00000000 fe:10 7    /tmp/as-large\n");
      assertFalse(memory.mayHaveChanged(7 * second));
      assertTrue(memory.mayHaveChanged(12 * second));
      assertFalse(memory.mayHaveChanged(18 * second));
    }
  }

  /** The JVM makes accessible what it has reserved, all the time: that is no other use. */
  @Test
  void bordersInAnonymousMemoryMayMove() throws Exception {
    String file = "9000000-9001000 r--s 00000000 fe:10 12    /tmp/file\n";
    String behind = "9001000-9002000 rw-p 00000000 00:00 0\n";
    long usual = outline(anonymous(0x1000000, 0x1010000, 0x9000000) + file + behind);
    assertEquals(
        usual,
        outline(anonymous(0x1000000, 0x1020000, 0x9000000) + file + behind),
        "within a piece of metaspace");
    assertEquals(
        usual,
        outline(anonymous(0x1000000, 0x1010000, 0x1020000, 0x1030000, 0x9000000) + file + behind),
        "others beside it in that piece");
    List<String> others =
        List.of(
            anonymous(0x1000000, 0x1410000, 0x9000000) + file + behind,
            anonymous(0x1000000, 0x1010000, 0x2000000, 0x2010000, 0x9000000) + file + behind,
            anonymous(0x1001000, 0x1010000, 0x9000000) + file + behind,
            anonymous(0x1000000, 0x1010000, 0x8fff000) + file + behind,
            anonymous(0x1000000, 0x1010000, 0x9000000) + file.replace("12 ", "13 ") + behind,
            anonymous(0x1000000, 0x1010000, 0x9000000) + file,
            anonymous(0x1000000, 0x1010000, 0x9000000) + file + behind.replace("2000", "3000"),
            anonymous(0x1000000, 0x1010000, 0x9000000) + file + behind.strip() + " [stack]\n");
    for (String other : others) {
      assertNotEquals(usual, outline(other), other);
    }
  }

  /** A piece of which nothing was accessible may be metaspace's next. */
  @Test
  void aPieceThatBeginsToBeUsedIsSeen() throws Exception {
    assertNotEquals(
        outline(anonymous(0x1000000, 0x1400000, 0x9000000)),
        outline(anonymous(0x1000000, 0x1410000, 0x9000000)));
  }

  private static String anonymous(long... borders) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i < borders.length; i++) {
      lines.append("%x-%x ---p 00000000 00:00 0 \n".formatted(borders[i - 1], borders[i]));
    }
    return lines.toString();
  }

  private long outline(String mappings) throws IOException {
    map(mappings);
    try (MapOutline outline = new MapOutline(folder)) {
      return outline.take();
    }
  }

  /** What a fault is of when the kernel's own look at the mapping was refused. */
  @Test
  void theFileAtAnAddress() throws Exception {
    Path file = Files.write(folder.resolve("at"), new byte[3 * 4096]);
    MappedFiles files = new MappedFiles(SELF);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long begin = channel.map(FileChannel.MapMode.READ_ONLY, 4096, 2 * 4096, arena).address();
      long second = 1_000_000_000;
      assertEquals(
          new PageLookup.InFile(file.toString(), 4096 + 5000), files.at(begin + 5000, second));
      assertNull(files.at(8, second));
      assertNull(new MappedFiles(null).at(begin, second));
    }
  }

  @Test
  void aNewMappingIsSeen() throws Exception {
    Path file = Files.write(folder.resolve("mapped"), new byte[1 << 20]);
    try (TargetMemory memory = new TargetMemory(SELF, null);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      memory.mayHaveChanged(0);
      channel.map(FileChannel.MapMode.READ_ONLY, 0, 1 << 20);
      assertTrue(memory.mayHaveChanged(0));
    }
  }

  @Test
  void neighboursOfOneUseAreOneAndOverlapsAreNone() {
    assertEquals(
        List.of(
            new AddressRange(10, 30, JAVA_HEAP),
            new AddressRange(30, 40, CODE_CACHE),
            new AddressRange(50, 60, THREAD_STACK)),
        AddressRange.disjoint(
            List.of(
                new AddressRange(50, 60, THREAD_STACK),
                new AddressRange(20, 30, JAVA_HEAP),
                new AddressRange(25, 40, CODE_CACHE),
                new AddressRange(10, 20, JAVA_HEAP))));
  }

  @Test
  void whatTheRuntimeSaysIsOverWhatTheKernelSays() {
    assertEquals(
        List.of(
            new AddressRange(10, 20, ANONYMOUS),
            new AddressRange(20, 30, JAVA_HEAP),
            new AddressRange(30, 40, ANONYMOUS),
            new AddressRange(40, 45, CODE_CACHE),
            new AddressRange(45, 60, MAPPED_FILE)),
        AddressRange.over(
            List.of(new AddressRange(20, 30, JAVA_HEAP), new AddressRange(40, 45, CODE_CACHE)),
            List.of(new AddressRange(10, 40, ANONYMOUS), new AddressRange(42, 60, MAPPED_FILE))));
  }

  @Test
  void heapIsAsLargeAsTheJvmSays() throws Exception {
    try (HotSpotStructs structs = new HotSpotStructs()) {
      List<AddressRange> ranges = new HotSpotMemory(structs).ranges(MemoryMap.read(SELF));
      long heap =
          ranges.stream()
              .filter(range -> range.region() == JAVA_HEAP)
              .mapToLong(range -> range.end() - range.begin())
              .sum();
      assertEquals(Runtime.getRuntime().maxMemory(), heap, 0.02 * heap);
      long code =
          ranges.stream()
              .filter(range -> range.region() == CODE_CACHE)
              .mapToLong(range -> range.end() - range.begin())
              .sum();
      long used =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getName().startsWith("CodeHeap"))
              .mapToLong(pool -> pool.getUsage().getMax())
              .sum();
      assertEquals(used, code, 0.02 * code);
      long loaded = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
      long metaspace =
          ranges.stream()
              .filter(range -> range.region() == MemoryRegion.METASPACE)
              .mapToLong(range -> range.end() - range.begin())
              .sum();
      assertTrue(metaspace > 1_000 * loaded, metaspace + " bytes for " + loaded + " classes");
    }
  }

  @Test
  void stacksOfThreadsThatAreBlocked() throws Exception {
    List<MemoryMap.Mapping> mappings = MemoryMap.read(SELF);
    List<AddressRange> stacks = new ThreadStacks(SELF, null).ranges(mappings);
    assertFalse(stacks.isEmpty());
    for (AddressRange stack : stacks) {
      assertTrue(mappings.stream().anyMatch(m -> m.begin() == stack.begin()), stack::toString);
    }
  }

  @Test
  void filesByTheirNumbers() throws Exception {
    Path file = folder.resolve("journal");
    MappedFiles files = new MappedFiles(SELF);
    try (FileChannel open =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      assertEquals(0, open.size()); // not mapped, only open
      long inode = ((Number) Files.getAttribute(file, "unix:ino")).longValue();
      // A device's number as stat gives it: 12 bits of major above the minor's low 8.
      long dev = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
      long device = MemoryMap.device(dev >> 8 & 0xfff, dev & 0xff | dev >> 12 & 0xfff00);
      assertEquals(file.toString(), files.path(inode, device));
    }
    assertEquals("inode 1 on device 4095:7", files.path(1, MemoryMap.device(4095, 7)));
    assertNull(new RecordStrings(files).file(0, 0));
  }

  @Test
  void programsForOlderKernels() {
    List<String> all = List.of("ls_x", "ls_x__before_5_17", "ls_y");
    KernelVersion older = KernelVersion.parse("5.16.9");
    KernelVersion newer = KernelVersion.parse("5.17.0");
    assertFalse(ProgramChoice.isFor(older, "ls_x", all));
    assertTrue(ProgramChoice.isFor(older, "ls_x__before_5_17", all));
    assertTrue(ProgramChoice.isFor(newer, "ls_x", all));
    assertFalse(ProgramChoice.isFor(newer, "ls_x__before_5_17", all));
    assertTrue(ProgramChoice.isFor(older, "ls_y", all));
  }
}
