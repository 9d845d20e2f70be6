package latencyscope.jmc;

import java.io.File;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.RunnableFuture;
import java.util.function.Function;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.ResultToolkit;

/**
 * Runs within the container, with the class loader of the fragment's host as its parent's: does
 * what Mission Control does with bundles that provide rules.
 */
public final class ContainerProbe implements Function<File, Map<String, String>> {
  @Override
  public Map<String, String> apply(File recording) {
    try {
      return judge(recording);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, String> judge(File recording) throws Exception {
    ClassLoader host = JfrLoaderToolkit.class.getClassLoader();
    IItemCollection items = JfrLoaderToolkit.loadEvents(recording);
    Map<String, String> results = new TreeMap<>();
    for (IRule rule : ServiceLoader.load(IRule.class, host)) {
      if (!rule.getId().startsWith("latencyscope.")) {
        continue; // outside of the container the loader sees those of others, too
      }
      RunnableFuture<IResult> evaluation =
          rule.createEvaluation(items, IPreferenceValueProvider.DEFAULT_VALUES, null);
      evaluation.run();
      IResult result = evaluation.get();
      results.put(
          rule.getId(),
          result.getSeverity()
              + " "
              + ResultToolkit.populateMessage(result, result.getSummary(), false)
              + "\n"
              + ResultToolkit.populateMessage(result, result.getExplanation(), false)
              + "\n"
              + ResultToolkit.populateMessage(result, result.getSolution(), false));
    }
    return results;
  }
}
