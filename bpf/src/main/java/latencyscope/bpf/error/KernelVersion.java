package latencyscope.bpf.error;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.proc.KernelFile;

/**
 * A Linux version, without what distributions append to it.
 *
 * @param major such as the 6 of 6.18.44
 * @param minor such as 18
 * @param patch such as 44, 0 where it is left out
 */
public record KernelVersion(int major, int minor, int patch) implements Comparable<KernelVersion> {
  /** The oldest that the programs here are written for: ring buffers, BTF tracepoints, CAP_BPF. */
  public static final KernelVersion OLDEST = new KernelVersion(5, 10, 0);

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,6}))?(?:\\D.*)?", Pattern.DOTALL);

  private static final Comparator<KernelVersion> ORDER =
      Comparator.comparingInt(KernelVersion::major)
          .thenComparingInt(KernelVersion::minor)
          .thenComparingInt(KernelVersion::patch);

  /**
   * Reads what {@code uname -r} prints.
   *
   * @param release such as {@code 6.18.44-cloud-amd64}
   * @throws IllegalArgumentException when it does not begin with a version
   */
  public static KernelVersion parse(String release) {
    Matcher matcher = FORM.matcher(release.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a Linux version: " + release.strip());
    }
    String patch = matcher.group(3);
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        patch == null ? 0 : Integer.parseInt(patch));
  }

  /** That of the kernel that this process runs on. */
  public static KernelVersion running() {
    return of(Path.of("/"));
  }

  /** That of {@code /proc/sys/kernel/osrelease} under a root. */
  public static KernelVersion of(Path root) {
    try {
      return parse(KernelFile.text(root.resolve("proc/sys/kernel/osrelease")));
    } catch (IOException absent) {
      return parse(System.getProperty("os.version"));
    }
  }

  @Override
  public int compareTo(KernelVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
