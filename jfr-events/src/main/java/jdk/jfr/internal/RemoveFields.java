package jdk.jfr.internal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Stand-in for the JDK's annotation of the same name, present at compile time only.
 *
 * <p>JDK 22 (JDK-8239508) and newer read it by name and leave the named implicit fields out of an
 * event type, which is what lets our own {@code eventThread} field put an event on the affected
 * thread. Older JDKs do not know it. It is kept out of the released jar, and would not be found
 * there either: the package is the JDK's.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface RemoveFields {
  /** The implicit fields to leave out: {@code startTime}, {@code duration}, and so on. */
  String[] value();
}
