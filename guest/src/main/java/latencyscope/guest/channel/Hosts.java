package latencyscope.guest.channel;

import java.util.ServiceLoader;

/** Finds the host part of LatencyScope. Safe for use by several threads. */
public final class Hosts {
  private Hosts() {}

  /**
   * The host in this JVM.
   *
   * @throws IllegalStateException if the jar that this class is from has none
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
