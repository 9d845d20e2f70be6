package latencyscope.agent.event;

import java.util.Locale;

/** How the names of C and of Java, which tie records to events, correspond. */
public final class CNames {
  private CNames() {}

  /** {@code culprit_held_ns} is {@code culpritHeld}: Java has the unit in an annotation. */
  public static String field(String member) {
    String name = member.endsWith("_ns") ? member.substring(0, member.length() - 3) : member;
    StringBuilder java = new StringBuilder();
    for (String word : name.split("_")) {
      java.append(java.isEmpty() ? word : capitalized(word));
    }
    return java.toString();
  }

  /** {@code run_queue_wait} is {@code RunQueueWait}. */
  public static String className(String struct) {
    return capitalized(field(struct));
  }

  /** {@code RECORD_RUN_QUEUE_WAIT} stands for {@code run_queue_wait}. */
  public static String struct(String recordConstant) {
    return withoutPrefix(recordConstant).toLowerCase(Locale.ROOT);
  }

  /** {@code CAUSE_WAKE} is shown as {@code wake}: C has to say which enum it is, we do not. */
  public static String text(String constant) {
    return withoutPrefix(constant).replace('_', '-').toLowerCase(Locale.ROOT);
  }

  private static String withoutPrefix(String constant) {
    return constant.substring(constant.indexOf('_') + 1);
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
