package latencyscope.bpf.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import latencyscope.bpf.error.MalformedObjectException;
import org.junit.jupiter.api.Test;

/**
 * How much stack the functions of our programs take. Those that call one another share 512 bytes
 * ({@code MAX_BPF_STACK}). Of two machines with Linux 6.18 one loaded a program of 528 and the
 * other refused it: loading them does not show what other kernels do.
 */
class FrameSizeTest {
  /** Less than half of what they share, so that there is room for those that it calls. */
  private static final int MOST = 192;

  // Of include/uapi/linux/bpf.h: the classes of instructions, and two whole ones.
  private static final int CLASS = 7;
  private static final int LOAD = 1;
  private static final int STORE_CONSTANT = 2;
  private static final int STORE = 3;
  private static final int MOVE_REGISTER = 0xbf;
  private static final int ADD_CONSTANT = 0x07;
  private static final int FRAME_POINTER = 10;
  private static final int INSTRUCTION_BYTES = 8;

  @Test
  void noFunctionTakesMostOfTheStack() throws Exception {
    Map<String, Integer> tooLarge = new TreeMap<>();
    int largest = 0;
    for (String module : ObjectFile.index()) {
      for (ElfObject.Section section : sections(module)) {
        int bytes = section.executable() ? frameBytes(section.bytes()) : 0;
        largest = Math.max(largest, bytes);
        if (bytes > MOST) {
          tooLarge.put(module + " " + section.name(), bytes);
        }
      }
    }
    assertEquals(Map.of(), tooLarge);
    assertTrue(largest > MOST / 2, "the reader of the instructions sees no frames: " + largest);
  }

  private static Set<ElfObject.Section> sections(String module) throws Exception {
    return ElfObject.read(ObjectFile.named(module).bytes()).symbols().stream()
        .map(ElfObject.Symbol::section)
        .collect(Collectors.toSet());
  }

  /** The lowest byte below the frame pointer that any instruction has an address of. */
  private static int frameBytes(Bytes code) throws MalformedObjectException {
    int lowest = 0;
    int copied = -1;
    for (int at = 0; at < code.length(); at += INSTRUCTION_BYTES) {
      int operation = code.u8(at);
      int to = code.u8(at + 1) & 15;
      int from = code.u8(at + 1) >> 4;
      int kind = operation & CLASS;
      boolean ofFrame =
          kind == LOAD && from == FRAME_POINTER
              || (kind == STORE || kind == STORE_CONSTANT) && to == FRAME_POINTER;
      if (ofFrame) {
        lowest = Math.min(lowest, (short) code.u16(at + 2));
      } else if (operation == ADD_CONSTANT && to == copied) {
        lowest = Math.min(lowest, code.s32(at + 4));
      }
      copied = operation == MOVE_REGISTER && from == FRAME_POINTER ? to : -1;
    }
    return -lowest;
  }
}
