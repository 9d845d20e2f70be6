package latencyscope.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Checks a contract on a test, or on each test of a class: either that of a file, or clauses in
 * code. The test fails if a clause is violated, and is aborted, with the reason, if nothing can be
 * measured or a clause is inconclusive.
 *
 * <p>The JVM that runs the tests needs {@code -javaagent:latencyscope.jar} and the privileges of a
 * capture. Tests with a contract do not run at the same time: captures are of the whole process.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LatencyContractExtension.class)
public @interface LatencyContract {
  /** The file of the contract, relative to the working directory; empty for clauses in code. */
  String value() default "";

  /** Names of the threads that {@link #limits} are on; empty for the thread that runs the test. */
  String threads() default "";

  /** Clauses in code, as {@code limits:} in a file has them, such as {@code "sleeps: 0"}. */
  String[] limits() default {};

  /** Whether others use this host, so that what they cause is inconclusive. */
  boolean shared() default false;

  /** Whether a test fails, too, if a clause is inconclusive. */
  boolean strict() default false;
}
