package latencyscope.jfr;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.Threshold;

/**
 * The event types that this version knows, from the event classes themselves: a new class needs no
 * entry anywhere. Safe for use by several threads.
 */
public final class Schema {
  /** Module of the events about the capture itself. */
  public static final String CAPTURE = "capture";

  private static final String FOLDER = Schema.class.getPackageName().replace('.', '/') + '/';

  /** How events are described: annotations, and constants that the build generates. */
  private static final String DESCRIPTIONS = FOLDER + "schema/";

  private static final String CLASS = ".class";

  // Found once, perhaps by two threads at a time, which find the same: a jar's list of entries is
  // long, and all else here is derived from these.
  private static volatile List<Class<? extends Event>> events;

  private Schema() {}

  /**
   * An event type.
   *
   * @param name its name in recordings
   * @param module module that it belongs to
   * @param threshold default of its threshold, such as {@code 1 us}; empty if it has none
   * @param settings names of its own settings
   */
  public record Type(
      String name, String module, Optional<String> threshold, List<String> settings) {
    /** Copies the list. */
    public Type {
      settings = List.copyOf(settings);
    }
  }

  /**
   * All event types, by module and name; those about the capture first.
   *
   * @throws IllegalStateException if the place that the classes come from cannot be read
   */
  public static List<Type> types() {
    return events().stream()
        .map(Schema::describe)
        .sorted(
            Comparator.comparing((Type type) -> !type.module().equals(CAPTURE))
                .thenComparing(Type::module)
                .thenComparing(Type::name))
        .toList();
  }

  /**
   * The classes of all event types, in no particular order, without initialising them.
   *
   * @throws IllegalStateException if the place that the classes come from cannot be read
   */
  public static List<Class<? extends Event>> events() {
    List<Class<? extends Event>> found = events;
    if (found == null) {
      found = findEvents();
      events = found;
    }
    return found;
  }

  /** The event class of a simple name, such as {@code RunQueueWait}; empty if there is none. */
  public static Optional<Class<? extends Event>> event(String simpleName) {
    return events().stream().filter(type -> type.getSimpleName().equals(simpleName)).findFirst();
  }

  /** The modules that can be captured, in alphabetical order. */
  public static List<String> modules() {
    // Of the classes, not of the types: an engine's first capture waits for this.
    Set<String> modules = new TreeSet<>();
    for (Class<?> event : events()) {
      modules.add(module(List.of(event.getAnnotation(Category.class).value())));
    }
    modules.remove(CAPTURE);
    return List.copyOf(modules);
  }

  private static List<Class<? extends Event>> findEvents() {
    List<Class<? extends Event>> events = new ArrayList<>();
    for (Class<?> type : classes()) {
      if (type.isAnnotationPresent(Name.class)) {
        events.add(type.asSubclass(Event.class));
      }
    }
    return List.copyOf(events);
  }

  /** The module that a registered type of ours belongs to. */
  public static String module(EventType type) {
    return module(type.getCategoryNames());
  }

  private static String module(List<String> category) {
    return category.get(1);
  }

  private static Type describe(Class<?> type) {
    List<String> category = List.of(type.getAnnotation(Category.class).value());
    Threshold threshold = type.getAnnotation(Threshold.class);
    List<String> settings =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(SettingDefinition.class))
            .map(Method::getName) // as the recorder names it where @Name says the same
            .sorted()
            .toList();
    return new Type(
        type.getAnnotation(Name.class).value(),
        module(category),
        Optional.ofNullable(threshold).map(Threshold::value),
        settings);
  }

  private static List<Class<?>> classes() {
    try {
      Path place =
          Path.of(Schema.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      List<String> files = Files.isDirectory(place) ? inDirectory(place) : inJar(place);
      return files.stream()
          .filter(file -> file.startsWith(FOLDER) && file.endsWith(CLASS) && !file.contains("-"))
          .filter(file -> !file.startsWith(DESCRIPTIONS))
          .map(file -> file.substring(0, file.length() - CLASS.length()).replace('/', '.'))
          .<Class<?>>map(Schema::load)
          .filter(Event.class::isAssignableFrom)
          .toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the event classes cannot be listed", e);
    }
  }

  private static List<String> inDirectory(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve(FOLDER))) {
      return files.map(file -> root.relativize(file).toString()).toList();
    }
  }

  // Not through a zip file system: this also runs inside of the engine, whose class loader has the
  // jar's directory in memory already, and shares it.
  private static List<String> inJar(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList();
    }
  }

  // Not initialised: that would register the type with the flight recorder of this process, which
  // is the agent's to do.
  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, Schema.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
