package latencyscope.jfr.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the field that names who or what caused an event. Where an event has several, the first one
 * that has a value is taken, in their order.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Culprit {
  /** Place among several; the lowest is asked first. */
  int value() default 0;
}
