package latencyscope.jfr.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What an event means to its readers. The only place where that is written: ledger, costs,
 * timelines, triggers, Mission Control's pages and the reference are derived from it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Occurrence {
  /** One of them, such as {@code wait}: what a sentence calls it beside a number. */
  String noun();

  /** Several of them; the noun with an s if empty. */
  String plural() default "";

  /** Whether it occupies a CPU, whichever thread it interrupts. */
  boolean perCpu() default false;

  /** Key of the ledger's cause that its time is charged to; empty if code has to decide. */
  String ledgerCause() default "";

  /**
   * What its time is called among costs; empty if it costs nothing, or if code has to decide. Only
   * time in which a thread wanted to run and did not is a cost.
   */
  String cost() default "";

  /** Short name in the agent's option {@code trigger}; empty if it has none. */
  String trigger() default "";

  /** Whether the trigger {@code latency}, for time that was taken from threads, includes it. */
  boolean latency() default false;
}
