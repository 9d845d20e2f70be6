package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.guest.facts.HostFacts;
import latencyscope.jfr.capture.Capture;
import latencyscope.proc.KernelText;
import org.junit.jupiter.api.Test;

/** Which of the JDK's modules the part of the jar needs that is loaded into an engine. */
class ModulesTest {
  private static final Set<String> ALLOWED = Set.of("java.base", "java.instrument", "jdk.jfr");

  /** An engine's run-time image may have no more than the flight recorder needs. */
  @Test
  void theAgentNeedsNoMoreThanTheFlightRecorder() throws Exception {
    Set<String> others = new TreeSet<>();
    for (Class<?> one : List.of(HostFacts.class, Kernel.class, Capture.class, KernelText.class)) {
      Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(root)) {
        addModulesOfAll(root, others);
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(root)) {
          addModulesOfAll(jar.getPath("/"), others);
        }
      }
    }
    assertEquals(Set.of(), others);
  }

  private static void addModulesOfAll(Path root, Set<String> others) throws Exception {
    List<Path> classes;
    try (Stream<Path> files = Files.walk(root.resolve("latencyscope"))) {
      classes = files.filter(file -> file.toString().endsWith(".class")).toList();
    }
    assertFalse(classes.isEmpty());
    for (Path file : classes) {
      addModules(file, others);
    }
  }

  private static void addModules(Path file, Set<String> others) throws Exception {
    for (PoolEntry entry : ClassFile.of().parse(Files.readAllBytes(file)).constantPool()) {
      if (entry instanceof ClassEntry named && !named.asSymbol().isArray()) {
        String name = named.asInternalName().replace('/', '.');
        if (!name.startsWith("latencyscope.")) {
          String module = Class.forName(name, false, null).getModule().getName();
          if (!ALLOWED.contains(module)) {
            others.add(module + ": " + name + " in " + file.getFileName());
          }
        }
      }
    }
  }
}
