import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Particular;

/**
 * Writes the tables of {@code latencyscope.jfr.schema} from the compiled event classes, and
 * compiles them to the same place: so that a reader names an event type or a field by a constant,
 * and the compiler knows whether it exists and what kind of value it has.
 *
 * <p>Arguments: folder of the compiled classes, folder for the sources.
 */
final class GenerateSchema {
  private static final String EVENTS = "latencyscope.jfr";
  private static final String TABLES = "latencyscope.jfr.schema";
  private static final String CLASS = ".class";

  private final List<Class<?>> events;
  private final Map<String, Set<String>> kinds;

  private GenerateSchema(List<Class<?>> events) {
    this.events = events;
    kinds = kinds(events);
  }

  public static void main(String[] arguments) throws IOException {
    Path classes = Path.of(arguments[0]);
    Path sources = Path.of(arguments[1]);
    GenerateSchema generator = new GenerateSchema(events(classes));
    boolean changed = generator.write(sources, "EventTypes", generator::types);
    changed |= generator.write(sources, "EventFields", generator::fields);
    // What has not changed is left alone: else each build would compile all other modules anew.
    if (changed || !isCurrent(classes)) {
      compile(classes, sources);
    }
  }

  private static List<Class<?>> events(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes.resolve(EVENTS.replace('.', '/')))) {
      return files
          .map(file -> classes.relativize(file).toString())
          .filter(file -> file.endsWith(CLASS) && !file.contains("-"))
          .<Class<?>>map(file -> load(file.substring(0, file.length() - CLASS.length())))
          .filter(type -> type.isAnnotationPresent(Name.class))
          .sorted(Comparator.comparing(Class::getSimpleName))
          .toList();
    }
  }

  // Not initialised: that would register it with the flight recorder of this process.
  private static Class<?> load(String file) {
    try {
      return Class.forName(file.replace('/', '.'), false, GenerateSchema.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Body {
    void write(PrintWriter out);
  }

  /** The tables are compiled, and after all classes that they are made of. */
  private static boolean isCurrent(Path classes) throws IOException {
    Path compiled = classes.resolve(TABLES.replace('.', '/')).resolve("EventFields" + CLASS);
    if (!Files.exists(compiled)) {
      return false;
    }
    FileTime time = Files.getLastModifiedTime(compiled);
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .filter(file -> file.toString().endsWith(CLASS))
          .filter(file -> !file.getFileName().toString().startsWith("EventTypes"))
          .noneMatch(file -> file.toFile().lastModified() > time.toMillis());
    }
  }

  private boolean write(Path sources, String name, Body body) throws IOException {
    Path file = sources.resolve(TABLES.replace('.', '/')).resolve(name + ".java");
    Files.createDirectories(file.getParent());
    StringWriter text = new StringWriter();
    try (PrintWriter out = new PrintWriter(text)) {
      out.println("package " + TABLES + ";");
      out.println();
      out.println("import java.util.List;");
      out.println("import java.util.Map;");
      out.println("import java.util.function.Function;");
      out.println("import java.util.stream.Collectors;");
      out.println();
      body.write(out);
    }
    if (Files.exists(file) && Files.readString(file).equals(text.toString())) {
      return false;
    }
    Files.writeString(file, text.toString());
    return true;
  }

  private void types(PrintWriter out) {
    out.println("/** The event types, generated from their classes. */");
    out.println("public final class EventTypes {");
    out.println("  private EventTypes() {}");
    for (Class<?> event : events) {
      String name = event.getSimpleName();
      out.printf("%n  /** %s, without its prefix. */%n", text(event.getAnnotation(Label.class).value()));
      out.printf("  public static final String %s = \"%s\";%n", constant(name), name);
    }
    out.println();
    out.println("  /** What readers know of each type that is an occurrence, by name. */");
    out.println("  public static final List<EventDescription> ALL =");
    out.println("      List.of(");
    out.println(
        events.stream()
            .filter(event -> event.isAnnotationPresent(Occurrence.class))
            .map(this::description)
            .collect(Collectors.joining(",\n")));
    out.println("      );");
    out.println();
    out.println("  private static final Map<String, EventDescription> BY_NAME =");
    out.println(
        "      ALL.stream().collect("
            + "Collectors.toMap(EventDescription::name, Function.identity()));");
    out.println();
    out.println("  /** What is known of a type; null if it is not an occurrence of this version. */");
    out.println("  public static EventDescription of(String name) {");
    out.println("    return BY_NAME.get(name);");
    out.println("  }");
    out.println("}");
  }

  private String description(Class<?> event) {
    Occurrence meaning = event.getAnnotation(Occurrence.class);
    String plural = meaning.plural().isEmpty() ? meaning.noun() + "s" : meaning.plural();
    return "          new EventDescription("
        + Stream.of(
                event.getSimpleName(),
                event.getAnnotation(Label.class).value(),
                event.getAnnotation(Category.class).value()[1],
                meaning.noun(),
                plural)
            .map(GenerateSchema::literal)
            .collect(Collectors.joining(", "))
        + ", "
        + meaning.perCpu()
        + ", "
        + Stream.of(meaning.ledgerCause(), meaning.cost(), meaning.trigger())
            .map(GenerateSchema::literal)
            .collect(Collectors.joining(", "))
        + ", "
        + meaning.latency()
        + ", "
        + marked(event, GenerateSchema::culprit)
        + ", "
        + marked(event, GenerateSchema::particular)
        + ")";
  }

  private static int culprit(Field field) {
    Culprit mark = field.getAnnotation(Culprit.class);
    return mark == null ? -1 : mark.value();
  }

  private static int particular(Field field) {
    Particular mark = field.getAnnotation(Particular.class);
    return mark == null ? -1 : mark.value();
  }

  private String marked(Class<?> event, ToIntFunction<Field> order) {
    return recorded(event).stream()
        .filter(field -> order.applyAsInt(field) >= 0)
        .sorted(Comparator.comparingInt(order))
        .map(field -> "EventFields." + constant(name(field), kind(field)))
        .collect(Collectors.joining(", ", "List.of(", ")"));
  }

  // Those of the class itself, and those that every kernel event has.
  private static List<Field> recorded(Class<?> event) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> type = event; type.getName().startsWith(EVENTS); type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && field.isAnnotationPresent(Label.class)) {
          fields.add(field);
        }
      }
    }
    return fields;
  }

  private static String name(Field field) {
    Name name = field.getAnnotation(Name.class);
    return name == null ? field.getName() : name.value();
  }

  private void fields(PrintWriter out) {
    out.println("/** The fields of all event types, generated from their classes. */");
    out.println("public final class EventFields {");
    out.println("  private EventFields() {}");
    kinds.forEach((name, all) -> {
      for (String kind : all) {
        out.printf("%n  /** {@code %s}. */%n", name);
        out.printf(
            "  public static final %s %s = new %s(\"%s\");%n",
            kind, constant(name, kind), kind, name);
      }
    });
    List<String> tasks = new ArrayList<>();
    for (String name : kinds.keySet()) {
      if (kinds.containsKey(name + "Tid")) {
        tasks.add(constant(name) + "_TASK");
        out.printf("%n  /** {@code %s} with its ids. */%n", name);
        out.printf("  public static final TaskField %s_TASK =%n", constant(name));
        out.printf(
            "      new TaskField("
                + "%s, %s_TID, new NumberField(\"%sPid\"), new TextField(\"%sWork\"),%n"
                + "          new NumberField(\"%sPriority\"));%n",
            constant(name, "TextField"), constant(name), name, name, name);
      }
    }
    out.printf("%n  /** All fields that describe a task. */%n");
    out.printf("  public static final List<TaskField> TASKS = List.of(%s);%n", String.join(", ", tasks));
    out.println("}");
  }

  /** Kinds of value by name. */
  private static Map<String, Set<String>> kinds(List<Class<?>> events) {
    Map<String, Set<String>> kinds = new TreeMap<>();
    for (Class<?> event : events) {
      for (Field field : recorded(event)) {
        String kind = kind(field);
        if (kind != null) {
          kinds.computeIfAbsent(name(field), name -> new TreeSet<>()).add(kind);
        }
      }
    }
    return kinds;
  }

  /** A field's constant; of a name that is a text in one event and a number in another, two. */
  private String constant(String name, String kind) {
    return kinds.get(name).size() == 1
        ? constant(name)
        : constant(name) + '_' + constant(kind.replace("Field", ""));
  }

  /** Null for the thread, which readers ask for in another way. */
  private static String kind(Field field) {
    Class<?> type = field.getType();
    if (type == String.class) {
      return "TextField";
    }
    if (type == boolean.class) {
      return "FlagField";
    }
    return type.isPrimitive() ? "NumberField" : null;
  }

  private static String constant(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  private static String text(String label) {
    return label.replace("*/", "");
  }

  private static String literal(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static void compile(Path classes, Path sources) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("-Xlint:all", "-Werror", "-proc:none", "--release", "17", "-cp",
                classes.toString(), "-d", classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.filter(file -> file.toString().endsWith(".java")).map(Path::toString).forEach(arguments::add);
    }
    int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
    if (result != 0) {
      throw new IllegalStateException("the generated tables do not compile");
    }
  }
}
