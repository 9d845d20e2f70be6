package latencyscope.bpf.error;

import java.util.Collection;

/** The answer to a name that is not there: the names that are. */
public final class Names {
  private Names() {}

  public static IllegalArgumentException unknown(
      String kind, String name, String owner, Collection<String> known) {
    String there = known.isEmpty() ? "none" : String.join(", ", known);
    return new IllegalArgumentException(
        owner + " has no " + kind + " " + name + "; there are: " + there);
  }
}
