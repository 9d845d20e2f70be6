package latencyscope.recording;

/**
 * The JVM that wrote the recording.
 *
 * @param pid its process id
 * @param version name and version of the virtual machine; null if not recorded
 * @param command main class or jar with its arguments; null if not recorded
 * @param collector garbage collector in words, such as {@code G1}; null if not recorded
 */
public record JvmInfo(long pid, String version, String command, String collector) {}
