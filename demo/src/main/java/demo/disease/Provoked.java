package demo.disease;

/**
 * How often a disease struck.
 *
 * @param count the engine's own exact count
 * @param what what was counted, with the kernel's account of the same where there is one
 */
public record Provoked(long count, String what) {}
