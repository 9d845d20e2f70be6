package latencyscope.jfr.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Where Mission Control shows an event. Without it: on the page of its module. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Page {
  /** Key of the page, such as {@code offcpu}; the page of the event's module if empty. */
  String value() default "";

  /**
   * Whether the overview of what was done to threads includes it, too. An event whose {@link
   * Occurrence#cost} is named is there in any case.
   */
  boolean overview() default false;
}
