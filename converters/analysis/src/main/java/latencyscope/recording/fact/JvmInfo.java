package latencyscope.recording.fact;

/**
 * The JVM that wrote the recording.
 *
 * @param pid its process id
 * @param version name and version of the virtual machine; null if not recorded
 * @param command main class or jar with its arguments; null if not recorded
 * @param collector garbage collector in words, such as {@code G1}; null if not recorded
 */
public record JvmInfo(long pid, String version, String command, String collector) {
  /**
   * Name and version without where they were built: of {@code OpenJDK 64-Bit Server VM (17.0.15+6)
   * for linux-amd64 JRE …}, what comes before <em>for</em>; null if not recorded.
   */
  public String shortVersion() {
    return version == null ? null : version.replaceFirst(" for .*", "");
  }
}
