package demo.disease;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The diseases of one run, announced when they begin and when they end.
 *
 * <p>A disease that this machine does not allow is announced with the reason; the others go on.
 * Used by one thread.
 */
public final class Outbreak {
  private final Map<DiseaseKind, Disease> dormant = new LinkedHashMap<>();
  private final Map<DiseaseKind, Disease> active = new LinkedHashMap<>();
  private final Map<DiseaseKind, Disease> over = new LinkedHashMap<>();
  private final Consumer<String> announcer;

  /** Infects the patient; nothing happens yet. */
  public Outbreak(List<DiseaseKind> kinds, Patient patient, Consumer<String> announcer) {
    this.announcer = announcer;
    kinds.forEach(kind -> dormant.put(kind, kind.infect(patient)));
  }

  /** Makes all diseases ready, before the feed begins. */
  public void prepare() {
    for (DiseaseKind kind : List.copyOf(dormant.keySet())) {
      try {
        dormant.get(kind).prepare();
      } catch (IOException e) {
        dormant.remove(kind);
        announceImpossible(kind, e);
      }
    }
  }

  /** Lets all diseases break out. */
  public void start() {
    dormant.forEach((kind, disease) -> {
      try {
        announcer.accept(kind.option() + " starts: " + disease.start());
        active.put(kind, disease);
      } catch (IOException e) {
        announceImpossible(kind, e);
      }
    });
    dormant.clear();
  }

  /** Ends those that broke out; with none, does nothing. */
  public void stop() {
    active.forEach((kind, disease) -> {
      try {
        disease.stop();
        announcer.accept(kind.option() + " stops");
      } catch (UncheckedIOException e) {
        announcer.accept(kind.option() + " stops, not cleanly: " + reason(e.getCause()));
      }
    });
    over.putAll(active);
    active.clear();
  }

  /** What was provoked, after the engine has ended, as {@code name=count what}. */
  public List<String> provoked() {
    List<String> lines = new ArrayList<>();
    over.forEach((kind, disease) -> {
      Provoked provoked = disease.provoked();
      String count = kind.option() + "=" + provoked.count();
      lines.add(String.format("%-18s %s", count, provoked.what()));
    });
    return lines;
  }

  private void announceImpossible(DiseaseKind kind, IOException e) {
    announcer.accept(kind.option() + " is not possible here: " + reason(e));
  }

  /**
   * Exceptions of {@code java.nio.file} have a file name for a message: then the type says more.
   */
  private static String reason(IOException e) {
    return e instanceof java.nio.file.FileSystemException ? e.toString() : e.getMessage();
  }
}
