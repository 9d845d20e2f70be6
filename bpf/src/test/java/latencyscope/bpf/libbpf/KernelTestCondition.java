package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.Kernel;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides whether this process may test against the running kernel. */
final class KernelTestCondition implements ExecutionCondition {
  private static final String REQUIRE = "LATENCYSCOPE_REQUIRE_KERNEL";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return decide(missing(Kernel.running()), required());
  }

  static ConditionEvaluationResult decide(String missing, boolean required) {
    if (missing == null) {
      return enabled("the kernel takes BPF programs from this process");
    }
    if (required) {
      throw new IllegalStateException(REQUIRE + " is set, but " + missing);
    }
    return disabled(missing);
  }

  /** What is missing, in a sentence, or null. */
  static String missing(Kernel kernel) {
    try {
      kernel.require();
      LibBpf.require();
    } catch (BpfException e) {
      return e.getMessage();
    }
    if (!kernel.capabilities().allowBpf()) {
      return "this process has neither CAP_BPF and CAP_PERFMON nor CAP_SYS_ADMIN: run as root";
    }
    return null;
  }

  private static boolean required() {
    return "1".equals(System.getProperty(REQUIRE, System.getenv(REQUIRE)));
  }
}
