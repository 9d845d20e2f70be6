package latencyscope.audit;

import java.util.Locale;
import latencyscope.proc.CpuSet;

/**
 * A value that a file of the kernel should have.
 *
 * @param file from the root on, such as {@code proc/irq/25/smp_affinity_list}
 * @param form how the file shows its value
 * @param value in that form
 */
public record Setting(String file, Form form, String value) {
  /** How a file shows its value; two texts of one value are the same in {@link #of}. */
  public enum Form {
    /** As it was written. */
    TEXT,
    /** All choices, the chosen one in brackets. */
    CHOICE,
    /** CPUs such as {@code 0-3,8}. */
    CPU_LIST,
    /** CPUs such as {@code ff,00000000}. */
    CPU_MASK;

    /** The value that a file's text shows. */
    public String of(String text) {
      String stripped = text.strip();
      return switch (this) {
        case TEXT -> stripped;
        case CHOICE -> chosen(stripped);
        case CPU_LIST -> list(stripped);
        case CPU_MASK -> CpuMask.parse(stripped).toMask();
      };
    }

    // What was written has no brackets.
    private static String chosen(String text) {
      int from = text.indexOf('[');
      int to = text.indexOf(']');
      return from < 0 || to < from ? text : text.substring(from + 1, to);
    }

    private static String list(String text) {
      try {
        return CpuSet.parse(text).toString();
      } catch (IllegalArgumentException e) {
        return text; // "(null)"
      }
    }

    /** The form with a name in lower case, as journals have it. */
    public static Form named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  static Setting text(String file, String value) {
    return new Setting(file, Form.TEXT, value);
  }

  static Setting list(String file, CpuSet cpus) {
    return new Setting(file, Form.CPU_LIST, cpus.toString());
  }

  static Setting mask(String file, CpuSet cpus) {
    return new Setting(file, Form.CPU_MASK, cpus.toMask());
  }
}
