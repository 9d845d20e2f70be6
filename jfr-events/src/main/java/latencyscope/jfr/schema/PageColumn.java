package latencyscope.jfr.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a field a column of its event's page in Mission Control. One event of a page is enough: the
 * column also shows the field of that name and kind of the page's other events. A page without any
 * shows culprits and particulars.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface PageColumn {
  /** Place on the page, from the left. */
  int value();

  /** Pixels; what the header needs if 0. */
  int width() default 0;
}
