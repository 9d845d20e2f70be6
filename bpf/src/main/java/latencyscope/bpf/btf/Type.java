package latencyscope.bpf.btf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A C type as the compiler laid it out, without its qualifiers and typedefs. Immutable.
 *
 * <p>Source: the BTF of a compiled object.
 */
public sealed interface Type {
  /** Bytes that a value occupies; for {@link Bits} those of its storage unit. */
  int size();

  /**
   * An integer.
   *
   * @param size 1, 2, 4, 8 or 16 bytes
   * @param signed whether it is two's complement
   */
  record Int(int size, boolean signed) implements Type {}

  /**
   * A C {@code bool}.
   *
   * @param size bytes, 1 in practice
   */
  record Bool(int size) implements Type {}

  /**
   * A {@code char[size]}: text up to the first NUL, or filling it.
   *
   * @param size bytes
   */
  record Chars(int size) implements Type {}

  /**
   * A floating-point number.
   *
   * @param size bytes
   */
  record Real(int size) implements Type {}

  /**
   * A pointer, to whatever.
   *
   * @param size bytes, always 8
   */
  record Pointer(int size) implements Type {}

  /**
   * A bit field.
   *
   * @param size bytes of its declared type
   * @param firstBit first bit, counted from the start of the struct
   * @param width bits
   * @param signed whether it is two's complement
   */
  record Bits(int size, int firstBit, int width, boolean signed) implements Type {}

  /**
   * An array that is not of {@code char}.
   *
   * @param element type of one element
   * @param length number of elements, 0 for a flexible array
   */
  record Array(Type element, int length) implements Type {
    @Override
    public int size() {
      return element.size() * length;
    }
  }

  /**
   * A struct or union by value.
   *
   * @param struct its layout
   */
  record Nested(Struct struct) implements Type {
    @Override
    public int size() {
      return struct.size();
    }
  }

  /**
   * An enum.
   *
   * @param name C name, empty for an anonymous one
   * @param size bytes
   * @param values value by C constant, in the order of declaration
   */
  record Enumeration(String name, int size, Map<String, Long> values) implements Type {
    /** Copies the values, keeping their order. */
    public Enumeration {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * The constant that stands for a value; the first one where C gave several the same.
     *
     * @param value as read from a record
     * @return its C name, or null when no constant has that value
     */
    public String constant(long value) {
      return values.entrySet().stream()
          .filter(entry -> entry.getValue() == value)
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse(null);
    }
  }
}
