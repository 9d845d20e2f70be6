package latencyscope.guest.settings;

/** The version of LatencyScope that this is. */
public final class Version {
  private Version() {}

  /** As the jar's manifest has it; {@code development} where classes are run without a jar. */
  public static String ofThisJar() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
