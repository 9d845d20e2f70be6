package latencyscope.fleet.metrics;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;

/**
 * Whose a number is: the attributes of a point.
 *
 * @param module module that measured
 * @param measure what was measured; null for all of the module
 * @param kind thread, line, device and so on; null for all of the module
 * @param name its name with # for numbers; null if it has none
 */
record Series(String module, String measure, String kind, String name) {
  /** Stands for the names that are too many. */
  static final String OTHER = "other";

  private static final AttributeKey<String> MODULE = AttributeKey.stringKey("latencyscope.module");
  private static final AttributeKey<String> MEASURE =
      AttributeKey.stringKey("latencyscope.measure");
  private static final AttributeKey<String> KIND = AttributeKey.stringKey("latencyscope.kind");
  private static final AttributeKey<String> NAME = AttributeKey.stringKey("latencyscope.name");

  Series ofOthers() {
    return new Series(module, measure, kind, OTHER);
  }

  Attributes attributes() {
    AttributesBuilder attributes = Attributes.builder();
    attributes.put(MODULE, module);
    attributes.put(MEASURE, measure);
    attributes.put(KIND, kind);
    attributes.put(NAME, name);
    return attributes.build();
  }
}
