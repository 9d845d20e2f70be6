package demo.disease;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What the kernel counts for the whole machine or network namespace, read from {@code /proc}. */
final class KernelCounters {
  private static final int UDP_LOCAL_ADDRESS = 1;

  private KernelCounters() {}

  /**
   * TLB shootdown interrupts received by all CPUs since boot; 0 where the kernel has no such line.
   *
   * @throws IOException if {@code /proc/interrupts} cannot be read
   */
  static long tlbShootdowns() throws IOException {
    return Files.readAllLines(Path.of("/proc/interrupts")).stream()
        .map(line -> line.trim().split("\\s+"))
        .filter(words -> words[0].equals("TLB:"))
        .flatMap(Arrays::stream)
        .filter(word -> word.matches("\\d+"))
        .mapToLong(Long::parseLong)
        .sum();
  }

  /**
   * Datagrams that the kernel dropped at the UDP socket on a local IPv4 port.
   *
   * @throws IOException if {@code /proc/net/udp} cannot be read or lists no such socket
   */
  static long udpDrops(int port) throws IOException {
    String suffix = String.format(":%04X", port);
    return Files.readAllLines(Path.of("/proc/net/udp")).stream()
        .map(line -> line.trim().split("\\s+"))
        .filter(words -> words[UDP_LOCAL_ADDRESS].endsWith(suffix))
        .mapToLong(words -> Long.parseLong(words[words.length - 1]))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/net/udp lists no socket on port " + port));
  }
}
