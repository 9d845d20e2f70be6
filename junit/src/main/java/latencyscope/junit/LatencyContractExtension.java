package latencyscope.junit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Captures while a test runs, then checks its contract; see {@link LatencyContract}. */
public final class LatencyContractExtension
    implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LatencyContractExtension.class);

  private static final int VIOLATED = 2;
  private static final int INCONCLUSIVE = 4;

  /** Creates the extension; JUnit does. */
  public LatencyContractExtension() {}

  @Override
  public void beforeTestExecution(ExtensionContext context) {
    LatencyContract contract = contract(context);
    if (contract.value().isEmpty() == (contract.limits().length == 0)) {
      throw new ExtensionConfigurationException(
          "@LatencyContract needs either the file of a contract or limits");
    }
    try {
      context.getStore(NAMESPACE).put(AgentCapture.class, AgentCapture.start());
    } catch (IOException e) {
      throw new TestAbortedException("latency not measured: " + e.getMessage(), e);
    }
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws IOException {
    AgentCapture capture =
        context.getStore(NAMESPACE).remove(AgentCapture.class, AgentCapture.class);
    if (capture == null) {
      return;
    }
    Path folder = Files.createTempDirectory("latencyscope-junit");
    Path recording = folder.resolve("test.jfr");
    Path inCode = folder.resolve("contract.yml");
    try (capture) {
      if (context.getExecutionException().isPresent()) {
        return; // it has failed already, for a reason of its own
      }
      capture.finish(recording);
      LatencyContract contract = contract(context);
      Path file = Path.of(contract.value());
      if (contract.value().isEmpty()) {
        file = Files.writeString(inCode, yaml(contract, Thread.currentThread().getName()));
      }
      judge(ContractCheck.run(file, recording, contract));
    } finally {
      Files.deleteIfExists(recording);
      Files.deleteIfExists(inCode);
      Files.deleteIfExists(folder);
    }
  }

  /** Turns the result of a check into that of a test. */
  static void judge(ContractCheck check) {
    switch (check.exitCode()) {
      case 0 -> {} // passed
      case VIOLATED -> throw new AssertionFailedError(check.output());
      case INCONCLUSIVE -> throw new TestAbortedException(check.output());
      default -> throw new ExtensionConfigurationException(check.output());
    }
  }

  /** Clauses in code as a contract. A test may be short: its time is what there is. */
  static String yaml(LatencyContract contract, String testThread) {
    String names = contract.threads().isEmpty() ? testThread : contract.threads();
    StringBuilder yaml = new StringBuilder("version: 1\nminimum_time: 1ms\nthreads:\n");
    yaml.append("- name: '").append(names.replace("'", "''")).append("'\n  limits:\n");
    for (String limit : contract.limits()) {
      yaml.append("    ").append(limit).append('\n');
    }
    return yaml.toString();
  }

  private static LatencyContract contract(ExtensionContext context) {
    Optional<LatencyContract> ofTest =
        AnnotationSupport.findAnnotation(context.getElement(), LatencyContract.class);
    return ofTest
        .or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), LatencyContract.class))
        .orElseThrow(() -> new ExtensionConfigurationException("no @LatencyContract"));
  }
}
