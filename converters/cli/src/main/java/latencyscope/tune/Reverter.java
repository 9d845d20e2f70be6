package latencyscope.tune;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import latencyscope.tune.Journal.Entry;

/**
 * Gives values back that were written, the last one first. Whatever somebody else has changed since
 * stays, unless that is forced. Used by one thread.
 */
public final class Reverter {
  private final Host host;
  private final Journal journal;
  private final boolean force;
  private final List<String> left = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();
  private int restored;

  /**
   * Prepares to give values back.
   *
   * @param force whether values that have been changed since are given back, too
   */
  public Reverter(Host host, Journal journal, boolean force) {
    this.host = host;
    this.journal = journal;
    this.force = force;
  }

  /**
   * Gives everything back that the journal has.
   *
   * @throws IOException if the journal cannot be written
   */
  public void all() throws IOException {
    of(journal.entries());
    journal.mark(false);
  }

  /** Gives these back; true if none was left as it is. */
  boolean of(List<Entry> entries) throws IOException {
    int before = left.size();
    List<Entry> last = new ArrayList<>(entries);
    Collections.reverse(last);
    for (Entry entry : last) {
      one(entry);
    }
    return left.size() == before;
  }

  private void one(Entry entry) throws IOException {
    Place place = entry.place();
    Optional<String> now = place.read(host);
    if (now.isEmpty()) {
      passedOver.add(place.words() + ": it has ended, or is gone; nothing to give back");
      journal.undone(List.of(entry));
    } else if (now.get().equals(entry.before())) {
      restored++;
      journal.undone(List.of(entry));
    } else if (force || now.get().equals(entry.after()) || now.get().equals(entry.kept())) {
      write(entry);
    } else {
      left.add(
          place.words()
              + " is "
              + now.get()
              + ": somebody else has changed it since (it was "
              + entry.before()
              + ", tune wrote "
              + entry.after()
              + "); --force gives it back all the same");
    }
  }

  private void write(Entry entry) throws IOException {
    Place place = entry.place();
    String why = null;
    try {
      place.write(host, entry.before());
    } catch (IOException e) {
      why = e.getMessage();
    }
    Optional<String> now = place.read(host);
    if (now.isEmpty() || now.get().equals(entry.before())) {
      restored++;
      journal.undone(List.of(entry));
    } else {
      left.add(
          place.words()
              + " is "
              + now.get()
              + " and could not be given back its value "
              + entry.before()
              + (why == null ? "" : ": " + why));
    }
  }

  /** How many values are as they were. */
  public int restored() {
    return restored;
  }

  /** Values that are not as they were, each with the reason, as sentences. */
  public List<String> left() {
    return Collections.unmodifiableList(left);
  }

  /** Places that are gone, as sentences. */
  public List<String> passedOver() {
    return Collections.unmodifiableList(passedOver);
  }
}
