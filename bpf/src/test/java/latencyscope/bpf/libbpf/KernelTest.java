package latencyscope.bpf.libbpf;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that loads programs into the running kernel.
 *
 * <p>Where that is impossible it is skipped with the reason, unless LATENCYSCOPE_REQUIRE_KERNEL=1
 * is set as environment variable or system property: then it fails, so that a machine that is meant
 * to run these tests cannot quietly stop doing so.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelTestCondition.class)
public @interface KernelTest {}
