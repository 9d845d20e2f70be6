package latencyscope.cli;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.Threshold;
import latencyscope.jfr.KernelEvent;

/**
 * The event types that this version knows, from the event classes themselves: a new class needs no
 * entry anywhere.
 */
final class Schema {
  /** Module of the events about the capture itself. */
  static final String CAPTURE = "capture";

  private Schema() {}

  /**
   * An event type.
   *
   * @param name its name in recordings
   * @param module module that it belongs to
   * @param threshold default of its threshold, such as {@code 1 us}; empty if it has none
   * @param settings names of its own settings
   */
  record Type(String name, String module, Optional<String> threshold, List<String> settings) {}

  /** All event types, by module and name; those about the capture first. */
  static List<Type> types() {
    return classes().stream()
        .filter(type -> type.isAnnotationPresent(Name.class))
        .map(Schema::describe)
        .sorted(
            Comparator.comparing((Type type) -> !type.module().equals(CAPTURE))
                .thenComparing(Type::module)
                .thenComparing(Type::name))
        .toList();
  }

  /** The modules that can be captured. */
  static List<String> modules() {
    return types().stream()
        .map(Type::module)
        .filter(module -> !module.equals(CAPTURE))
        .distinct()
        .toList();
  }

  private static Type describe(Class<?> type) {
    Category category = type.getAnnotation(Category.class);
    Threshold threshold = type.getAnnotation(Threshold.class);
    List<String> settings =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(SettingDefinition.class))
            .map(Schema::settingName)
            .sorted()
            .toList();
    return new Type(
        type.getAnnotation(Name.class).value(),
        category.value()[1],
        Optional.ofNullable(threshold).map(Threshold::value),
        settings);
  }

  // As the flight recorder has it from JDK 25 on: a name that is no Java name is ignored.
  private static String settingName(Method method) {
    Name name = method.getAnnotation(Name.class);
    return name != null && SourceVersion.isName(name.value()) ? name.value() : method.getName();
  }

  private static List<Class<?>> classes() {
    try {
      URI place = KernelEvent.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      Path path = Path.of(place);
      if (Files.isDirectory(path)) {
        return classes(path);
      }
      try (FileSystem jar = FileSystems.newFileSystem(path, Map.of())) {
        return classes(jar.getPath("/"));
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the event classes cannot be listed", e);
    }
  }

  private static List<Class<?>> classes(Path root) throws IOException {
    Path directory = root.resolve(KernelEvent.class.getPackageName().replace('.', '/'));
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.contains("-"))
          .map(file -> file.substring(0, file.length() - ".class".length()))
          .<Class<?>>map(Schema::load)
          .filter(Event.class::isAssignableFrom)
          .toList();
    }
  }

  // Not initialised: that would register the type with the flight recorder of this process, which
  // is the agent's to do.
  private static Class<?> load(String simpleName) {
    try {
      String name = KernelEvent.class.getPackageName() + "." + simpleName;
      return Class.forName(name, false, Schema.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
