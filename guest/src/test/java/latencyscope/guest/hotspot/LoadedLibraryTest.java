package latencyscope.guest.hotspot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import latencyscope.proc.MemoryMap;
import org.junit.jupiter.api.Test;

/** Compared with the dynamic linker's own answers, by dlsym. */
class LoadedLibraryTest {
  @Test
  @SuppressWarnings("restricted")
  void symbolsAreWhereTheLinkerHasThem() throws Exception {
    Path file = MemoryMap.file(Path.of("/proc/self"), "/libjvm.so").orElseThrow();
    SymbolLookup linker = SymbolLookup.libraryLookup(file, Arena.global());
    try (OwnMemory memory = new OwnMemory()) {
      LoadedLibrary libjvm = new LoadedLibrary(memory, "libjvm.so");
      for (String symbol :
          new String[] {
            "gHotSpotVMStructs", "gHotSpotVMTypes", "gHotSpotVMIntConstants", "JNI_CreateJavaVM"
          }) {
        assertEquals(linker.find(symbol).orElseThrow().address(), libjvm.find(symbol), symbol);
      }
    }
  }

  @Test
  void symbolsOfTheCLibraryAreFoundToo() throws Exception {
    try (OwnMemory memory = new OwnMemory()) {
      assertEquals(
          Linker.nativeLinker().defaultLookup().find("environ").orElseThrow().address(),
          new LoadedLibrary(memory, "libc.so.6").find("environ"));
    }
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    try (OwnMemory memory = new OwnMemory()) {
      LoadedLibrary libjvm = new LoadedLibrary(memory, "libjvm.so");
      String missing =
          assertThrows(IOException.class, () -> libjvm.find("gNoSuchVariable")).getMessage();
      assertEquals("libjvm.so does not export gNoSuchVariable", missing);
      assertThrows(IOException.class, () -> new LoadedLibrary(memory, "libnone.so"));
    }
  }

  @Test
  void anAddressWithoutMemoryIsNoCrash() throws Exception {
    try (OwnMemory memory = new OwnMemory()) {
      assertEquals(0, memory.readLong(8));
      assertEquals(0, memory.readInt(-1));
      assertTrue(memory.readText(0).isEmpty());
    }
  }
}
