package latencyscope.bpf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Names for addresses in the kernel's code.
 *
 * <p>Source: {@code /proc/kallsyms}, read once, at the first question, which takes 0.1 to 0.5 s:
 * let that be asked by a thread that nobody waits for. Kept as sorted arrays, about 45 bytes a
 * function (5.4 MiB for the 122,000 functions of a Linux 6.18). Safe for use by several threads.
 */
public final class KernelSymbols {
  /** Beyond the last function nothing says where it ends; no function is longer than this. */
  private static final long LONGEST_FUNCTION = 1 << 20;

  /** Room for the names of a usual kernel's functions, and a quarter more each time. */
  private static final int NAME_BYTES = 5 << 19;

  private static final KernelSymbols RUNNING = new KernelSymbols(Path.of("/proc/kallsyms"));

  private final Path source;
  private long[] addresses; // ascending as signed numbers: all of the kernel's are negative
  private int[] nameStarts; // of the same index, in names
  private int[] nameEnds;
  private byte[] names;

  KernelSymbols(Path source) {
    this.source = source;
  }

  /** The symbols of the kernel that this process runs on. */
  public static KernelSymbols running() {
    return RUNNING;
  }

  /**
   * The function that an address lies in.
   *
   * @param address of an instruction, such as the one a work item or timer is to call
   * @return the function's name, or null where no function is near, or the kernel hides its
   *     addresses from this process ({@code kernel.kptr_restrict}, CAP_SYSLOG)
   */
  public synchronized String nameOf(long address) {
    if (addresses == null) {
      load();
    }
    int found = Arrays.binarySearch(addresses, address);
    int index = found >= 0 ? first(found) : -found - 2;
    boolean last = index == addresses.length - 1;
    if (index < 0 || last && address - addresses[index] > LONGEST_FUNCTION) {
      return null;
    }
    int start = nameStarts[index];
    return new String(names, start, nameEnds[index] - start, StandardCharsets.US_ASCII);
  }

  /** Several names may share an address; the file has the usual one first. */
  private int first(int index) {
    int first = index;
    while (first > 0 && addresses[first - 1] == addresses[index]) {
      first--;
    }
    return first;
  }

  private void load() {
    Table table = new Table();
    try (InputStream in = Files.newInputStream(source)) {
      table.read(in);
    } catch (IOException unreadable) {
      table = new Table(); // as good as hidden
    }
    int count = table.count;
    int[] order = sortedOrder(table.addresses, count);
    long[] sorted = new long[count];
    nameStarts = new int[count];
    nameEnds = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = table.addresses[order[i]];
      nameStarts[i] = order[i] == 0 ? 0 : table.nameEnds[order[i] - 1];
      nameEnds[i] = table.nameEnds[order[i]];
    }
    names = table.names;
    addresses = sorted;
  }

  /**
   * The file has the kernel's own functions in order, but not those of modules and programs: so
   * merge sort, which leaves alone what is in order, and without an object for each function.
   */
  private static int[] sortedOrder(long[] keys, int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    int[] merged = new int[count];
    for (int width = 1; width < count; width *= 2) {
      for (int from = 0; from + width < count; from += 2 * width) {
        merge(keys, order, merged, from, from + width, Math.min(count, from + 2 * width));
      }
    }
    return order;
  }

  private static void merge(long[] keys, int[] order, int[] merged, int from, int middle, int to) {
    if (keys[order[middle - 1]] <= keys[order[middle]]) {
      return;
    }
    int left = from;
    int right = middle;
    for (int at = from; at < to; at++) {
      boolean takeLeft = right == to || left < middle && keys[order[left]] <= keys[order[right]];
      merged[at] = takeLeft ? order[left++] : order[right++];
    }
    System.arraycopy(merged, from, order, from, to - from);
  }

  /**
   * Reads the file byte by byte: a String for each of 200,000 lines would be the engine's garbage.
   */
  private static final class Table {
    long[] addresses = new long[1 << 16];
    int[] nameEnds = new int[1 << 16];
    byte[] names = new byte[NAME_BYTES];
    int count;
    private int used;

    private int column;
    private long address;
    private int kind;

    void read(InputStream in) throws IOException {
      byte[] buffer = new byte[1 << 16];
      int length;
      while ((length = in.read(buffer)) > 0) {
        for (int i = 0; i < length; i++) {
          accept(buffer[i]);
        }
      }
    }

    /** A line is "address kind name", and "[module]" behind a tab for those of modules. */
    private void accept(byte character) {
      switch (character) {
        case '\n' -> endLine();
        case ' ', '\t' -> column++;
        default -> {
          switch (column) {
            case 0 -> address = address << 4 | Character.digit(character, 16);
            case 1 -> kind = character;
            case 2 -> addToName(character);
            default -> {
              // The module's name.
            }
          }
        }
      }
    }

    private void addToName(byte character) {
      if (isFunction()) {
        if (used == names.length) {
          names = Arrays.copyOf(names, used + used / 4);
        }
        names[used++] = character;
      }
    }

    private boolean isFunction() {
      return address != 0 && (kind == 't' || kind == 'T' || kind == 'w' || kind == 'W');
    }

    private void endLine() {
      if (isFunction()) {
        if (count == addresses.length) {
          addresses = Arrays.copyOf(addresses, count * 2);
          nameEnds = Arrays.copyOf(nameEnds, count * 2);
        }
        addresses[count] = address;
        nameEnds[count++] = used;
      }
      column = 0;
      address = 0;
    }
  }
}
