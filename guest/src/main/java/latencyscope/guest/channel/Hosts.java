package latencyscope.guest.channel;

import java.util.Optional;
import java.util.ServiceLoader;

/** Finds the host part of LatencyScope. Safe for use by several threads. */
public final class Hosts {
  /** What the host part is compiled for. */
  private static final int JAVA = 25;

  private Hosts() {}

  /** Why this JVM cannot have a host, as a sentence without its full stop; empty if it can. */
  public static Optional<String> missing() {
    Runtime.Version version = Runtime.version();
    return version.feature() >= JAVA
        ? Optional.empty()
        : Optional.of(
            "BPF programs require Java " + JAVA + " or newer, and this is Java " + version);
  }

  /**
   * The host in this JVM.
   *
   * @throws IllegalStateException if the jar that this class is from has none; not to be asked for
   *     where {@link #missing} says that there can be none
   */
  public static Host inThisJvm() {
    return Held.HOST;
  }

  /** Looked for when it is needed: an engine's start is no time for it. */
  private static final class Held {
    private static final Host HOST =
        ServiceLoader.load(Host.class, Host.class.getClassLoader())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("latencyscope.jar is incomplete"));
  }
}
