package latencyscope.jfr.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a field that distinguishes events of a type at a glance, such as the vector of an
 * interrupt: a timeline writes it on the slice. The first one that has a value is taken, in their
 * order.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Particular {
  /** Place among several; the lowest is asked first. */
  int value() default 0;
}
