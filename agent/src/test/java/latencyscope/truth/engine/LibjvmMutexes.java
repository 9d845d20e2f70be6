package latencyscope.truth.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The mutexes of a running HotSpot by the symbol table of its libjvm: the static variables that
 * point to them, such as {@code MethodCompileQueue_lock}, read in the process's memory. Nothing of
 * this is what the agent goes by.
 */
public final class LibjvmMutexes {
  private LibjvmMutexes() {}

  /** Addresses of the mutexes by the names of their variables; empty without a symbol table. */
  public static Map<String, Long> of(long pid) throws IOException {
    String first =
        Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps")).stream()
            .filter(line -> line.endsWith("/libjvm.so"))
            .findFirst()
            .orElseThrow();
    long base = Long.parseUnsignedLong(first.substring(0, first.indexOf('-')), 16);
    Process readelf =
        new ProcessBuilder("readelf", "-sW", first.substring(first.indexOf('/'))).start();
    Map<String, Long> mutexes = new TreeMap<>();
    try (BufferedReader lines = readelf.inputReader();
        RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // number: value size type binding visibility section name
        String[] words = line.strip().split("\\s+");
        if (words.length == 8 && words[2].equals("8") && words[7].endsWith("_lock")) {
          memory.seek(base + Long.parseUnsignedLong(words[1], 16));
          long mutex = Long.reverseBytes(memory.readLong());
          if (mutex != 0) {
            mutexes.put(words[7], mutex);
          }
        }
      }
    }
    return mutexes;
  }
}
