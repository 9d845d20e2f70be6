package latencyscope.recording.collect;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a reader has to know of a recording, as sentences: each once, in order. */
public final class Notes {
  private final Set<String> sentences = new LinkedHashSet<>();

  /** Creates a set without a sentence. */
  public Notes() {}

  /** Adds a sentence. */
  public void add(String sentence) {
    sentences.add(sentence);
  }

  /** A view of all sentences. */
  public Set<String> all() {
    return Collections.unmodifiableSet(sentences);
  }
}
