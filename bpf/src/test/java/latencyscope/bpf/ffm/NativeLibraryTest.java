package latencyscope.bpf.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import latencyscope.bpf.error.MissingLibraryException;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
  @Test
  void aMissingLibraryNamesItsPackage() {
    NativeLibrary absent = NativeLibrary.open("libbpf.so.0x", "libbpf1");
    assertNull(absent.bind("bpf_object__load"));
    var e = assertThrows(MissingLibraryException.class, absent::require);
    assertEquals("the library libbpf.so.0x is not installed", e.problem());
    assertEquals("apt-get install libbpf1", e.remedy());
  }

  @Test
  void missingFunctionsAreNamed() {
    NativeLibrary libc = NativeLibrary.standard();
    assertNotNull(libc.bind("getpid"));
    assertNull(libc.bind("ls_first"));
    assertNull(libc.bind("ls_second"));
    var e = assertThrows(MissingLibraryException.class, libc::require);
    assertEquals("the library libc is too old: it lacks ls_first, ls_second", e.problem());
  }
}
