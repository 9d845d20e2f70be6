package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;

/** The jar itself, and Mission Control's own headless report with nothing but it and the core. */
@Tag("packed-jar")
class PlugInJarIT {
  private static final int JAVA_17 = 61;

  @TempDir static Path folder;

  @Test
  void holdsNothingThatMissionControlHasItself() throws IOException {
    try (JarFile jar = new JarFile(PlugIn.JAR.toFile())) {
      List<String> foreign =
          jar.stream()
              .map(JarEntry::getName)
              .filter(name -> name.endsWith(".class") && !name.startsWith("latencyscope/"))
              .toList();
      assertEquals(List.of(), foreign);
    }
  }

  @Test
  void isForJava17() throws IOException {
    try (JarFile jar = new JarFile(PlugIn.JAR.toFile())) {
      for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
          in.readInt();
          in.readUnsignedShort();
          assertTrue(in.readUnsignedShort() <= JAVA_17, entry.getName());
        }
      }
    }
  }

  @Test
  void isAFragmentThatEclipseTakes() throws IOException {
    try (JarFile jar = new JarFile(PlugIn.JAR.toFile())) {
      Manifest manifest = jar.getManifest();
      String host = manifest.getMainAttributes().getValue("Fragment-Host");
      assertTrue(host.startsWith("org.openjdk.jmc.flightrecorder;"), host);
      String version = manifest.getMainAttributes().getValue("Bundle-Version");
      assertTrue(version.matches("\\d+\\.\\d+\\.\\d+(\\.[\\w-]+)?"), version);
      assertTrue(jar.getEntry("fragment.xml") != null && jar.getEntry("pages.xml") != null);
    }
  }

  @Test
  void missionControlsReportNamesEveryFinding() throws Exception {
    Path recording = folder.resolve("every.jfr");
    EveryEvent.record(recording);
    String report = PlugIn.report(PlugIn.THIS_JAVA, folder, recording);
    Judged judged = Judged.of(recording);
    for (IResult result : judged.results().values()) {
      for (KernelFinding finding : result.getResult(KernelRule.WORST_FINDINGS)) {
        assertTrue(report.contains(finding.finding().title()), finding + " in " + report);
      }
    }
    assertTrue(report.contains("Rule: CPU Isolation"), report);
  }

  /** JDK 17 knows nothing of what puts the event on its thread: the plug-in does it at reading. */
  @Test
  void recordingsOfJava17HaveTheSameLanes() throws Exception {
    Optional<Path> java17 = PlugIn.java("17");
    assumeTrue(java17.isPresent(), "no Java 17 under /usr/lib/jvm");
    List<String> lanes = lanes(recordOn(PlugIn.THIS_JAVA));
    assertFalse(lanes.isEmpty());
    assertEquals(lanes, lanes(recordOn(java17.get())));
    String report = PlugIn.report(java17.get(), folder, recordOn(java17.get()));
    assertTrue(report.contains("competitor preempted strategy"), report);
  }

  private static Path recordOn(Path java) throws Exception {
    Path recording = folder.resolve("on-" + java.getParent().getParent().getFileName() + ".jfr");
    String classes = Path.of("target", "test-classes").toString();
    String events =
        Path.of(
                latencyscope.jfr.Schema.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI())
            .toString();
    PlugIn.run(
        folder,
        List.of(
            java.toString(),
            "-cp",
            classes + ":" + events,
            EveryEvent.class.getName(),
            recording.toString()));
    return recording;
  }

  /** Of each event its type, its length, and the thread on whose lane it is, in order. */
  private static List<String> lanes(Path recording) throws Exception {
    IItemCollection items = JfrLoaderToolkit.loadEvents(recording.toFile());
    return Lanes.of(items);
  }
}
