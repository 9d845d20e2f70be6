package latencyscope.ledger;

/**
 * Time of a window that nothing recorded explains, and why.
 *
 * @param reason a clause, such as {@code records of the isolation module were lost then}
 * @param ns nanoseconds
 */
public record Unexplained(String reason, long ns) {}
