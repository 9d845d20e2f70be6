package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Values by key, in the order of the report, as a tree; a value that was not measured is null and
 * has a reason.
 *
 * <p>Not safe for use by several threads while it is being filled.
 */
public final class Metrics {
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, String> reasons = new LinkedHashMap<>();
  private final Map<String, String> numericReasons = new LinkedHashMap<>();
  private final Set<String> gates = new LinkedHashSet<>();

  /** Creates an empty tree. */
  public Metrics() {}

  /** Adds a whole number. */
  public Metrics put(String key, long value) {
    values.put(key, value);
    return this;
  }

  /** Adds a number. */
  public Metrics put(String key, double value) {
    values.put(key, value);
    return this;
  }

  /** Adds a whole number, or null and why it was not measured. */
  public Metrics put(String key, OptionalLong value, String whyNot) {
    values.put(key, value.isPresent() ? value.getAsLong() : null);
    if (value.isEmpty()) {
      reasons.put(key, whyNot);
      numericReasons.put(key, whyNot);
    }
    return this;
  }

  /**
   * Adds a percentile or maximum, which programs compare with a limit, or null and why there is
   * none; {@link #output} then gives the reason in its place.
   */
  public Metrics putGate(String key, OptionalLong value, String whyNot) {
    gates.add(key);
    return put(key, value, whyNot);
  }

  /** Adds a text; null is a value here: there is none. */
  public Metrics put(String key, String value) {
    values.put(key, value);
    return this;
  }

  /** Adds a text, or null and why it is not known. */
  public Metrics put(String key, String value, String whyNot) {
    values.put(key, value);
    if (value == null) {
      reasons.put(key, whyNot);
    }
    return this;
  }

  /** Adds a number that may be missing because there is none. */
  public Metrics put(String key, Long value) {
    values.put(key, value);
    return this;
  }

  /** Adds a number that may be missing because there is none. */
  public Metrics put(String key, Double value) {
    values.put(key, value);
    return this;
  }

  /** Adds yes or no. */
  public Metrics put(String key, boolean value) {
    values.put(key, value);
    return this;
  }

  /** Adds a tree below this one; null is a value here: there is none. */
  public Metrics put(String key, Metrics child) {
    values.put(key, child);
    return this;
  }

  /** The tree below this one under a key, which is made if there is none. */
  Metrics child(String key) {
    return (Metrics) values.computeIfAbsent(key, none -> new Metrics());
  }

  /** Adds a list of trees. */
  public Metrics put(String key, List<Metrics> children) {
    values.put(key, List.copyOf(children));
    return this;
  }

  /** Adds a list of texts. */
  public Metrics putTexts(String key, List<String> texts) {
    values.put(key, List.copyOf(texts));
    return this;
  }

  /**
   * The values: {@link Long}, {@link Double}, {@link String}, {@link Boolean}, {@link Metrics}, a
   * {@link List} of {@link Metrics} or of {@link String}, or null.
   */
  public Map<String, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The value of a key; null if there is none. */
  public Object get(String key) {
    return values.get(key);
  }

  /**
   * The values as programs get them: as {@link #values}, but where a percentile, a maximum or what
   * was not measured is missing, there is the reason. To {@code jq} and JavaScript null is less
   * than any limit, so that a gate would open because nobody looked; a text is greater, or not
   * comparable at all.
   */
  public Map<String, Object> output() {
    Map<String, Object> output = new LinkedHashMap<>(values);
    gates.forEach(key -> output.computeIfAbsent(key, reasons::get));
    return output;
  }

  /**
   * Takes out the numbers that rest on something that the recording lacks, also those of lists.
   *
   * @param whyNot why a number may not be given, by its path; the elements of a list share one,
   *     {@code threads[].run_delay_ns}
   */
  void withhold(Function<String, Optional<String>> whyNot) {
    withhold("", true, whyNot);
  }

  private void withhold(String prefix, boolean gate, Function<String, Optional<String>> whyNot) {
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      String key = entry.getKey();
      if (entry.getValue() instanceof Metrics child) {
        child.withhold(prefix + key + ".", gate, whyNot);
      } else if (entry.getValue() instanceof List<?> list) {
        elements(list).forEach(one -> one.withhold(prefix + key + "[].", false, whyNot));
      } else if (isNumber(key)) {
        whyNot.apply(prefix + key).ifPresent(reason -> withhold(key, gate, reason));
      }
    }
  }

  private boolean isNumber(String key) {
    return values.get(key) instanceof Number || numericReasons.containsKey(key);
  }

  private void withhold(String key, boolean gate, String reason) {
    values.put(key, null);
    reasons.put(key, reason);
    numericReasons.put(key, reason);
    if (gate) {
      gates.add(key);
    }
  }

  /** The same keys without a value: what a report says of something that was not looked at. */
  Metrics unmeasured(String whyNot) {
    Metrics copy = new Metrics();
    copy.gates.addAll(gates);
    values.forEach((key, value) -> {
      if (value instanceof Metrics child) {
        copy.values.put(key, child.unmeasured(whyNot));
      } else if (value instanceof List<?>) {
        copy.values.put(key, List.of());
      } else {
        copy.values.put(key, null);
        copy.reasons.put(key, whyNot);
        if (isNumber(key)) {
          copy.gates.add(key);
          copy.numericReasons.put(key, whyNot);
        }
      }
    });
    return copy;
  }

  /**
   * Why values are null, by dotted path; the elements of a list share one path, {@code threads[]}.
   */
  public Map<String, String> unavailable() {
    Map<String, String> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, Map<String, String> all) {
    reasons.forEach((key, reason) -> all.putIfAbsent(prefix + key, reason));
    values.forEach((key, value) -> {
      if (value instanceof Metrics child) {
        child.collect(prefix + key + ".", all);
      }
      for (Metrics element : elements(value)) {
        element.collect(prefix + key + "[].", all);
      }
    });
  }

  private static List<Metrics> elements(Object value) {
    List<Metrics> elements = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof Metrics tree) {
          elements.add(tree);
        }
      }
    }
    return elements;
  }

  /**
   * The numbers by dotted path, those in lists left out; null for one that was not measured. Sorted
   * by path.
   */
  public Map<String, Number> numbers() {
    Map<String, Number> numbers = new TreeMap<>();
    collectNumbers("", numbers);
    return numbers;
  }

  private void collectNumbers(String prefix, Map<String, Number> numbers) {
    values.forEach((key, value) -> {
      if (value instanceof Number number) {
        numbers.put(prefix + key, number);
      } else if (numericReasons.containsKey(key)) {
        numbers.put(prefix + key, null);
      } else if (value instanceof Metrics child) {
        child.collectNumbers(prefix + key + ".", numbers);
      }
    });
  }
}
