package demo.disease;

import java.io.IOException;

/**
 * Something that goes wrong on purpose, for a while, a known number of times.
 *
 * <p>All methods are called once, in the order in which they stand here, by one thread. An {@link
 * IOException} carries one sentence saying what this machine does not allow; then neither {@link
 * #stop} nor {@link #provoked} is called.
 */
public interface Disease {
  /** Makes ready what would disturb the engine later; the feed has not begun. */
  default void prepare() throws IOException {}

  /** Begins; returns a clause that says what happens from now on. */
  String start() throws IOException;

  /** Ends, leaving the engine as it was. */
  void stop();

  /** What was provoked, and what the kernel says of it; the engine has ended. */
  Provoked provoked();
}
