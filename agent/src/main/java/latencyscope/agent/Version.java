package latencyscope.agent;

/** The version of LatencyScope that this is. */
final class Version {
  private Version() {}

  /** As the jar's manifest has it; {@code development} where classes are run without a jar. */
  static String ofThisJar() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
