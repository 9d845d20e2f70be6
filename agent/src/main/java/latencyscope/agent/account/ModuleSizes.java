package latencyscope.agent.account;

/**
 * How much kernel memory a module takes: room for threads and for their distributions.
 *
 * @param slots threads at once, plus one that is never used
 * @param subjects other things that are measured, plus one that is never used
 * @param chunks pieces of distributions, 512 bytes each, plus one that is never used
 */
public record ModuleSizes(int slots, int subjects, int chunks) {
  private static final int SPARE_THREADS = 512;
  private static final int MAX_THREADS = 32_768;

  /** What a busy thread needs: two distributions over some ten octaves. */
  private static final int CHUNKS_PER_THREAD = 48;

  /** What the interrupts of one CPU need: some 25 distributions, each over a few octaves. */
  private static final int CHUNKS_PER_CPU = 192;

  /** Things on one CPU: softirq vectors, local interrupts, lines, and system calls. */
  private static final int SUBJECTS_PER_CPU = 96;

  private static final int SPARE_SUBJECTS = 1_024;
  private static final int MAX_SUBJECTS = 65_536;

  private static final int MIN_CHUNKS = 16_384;
  private static final int MAX_CHUNKS = 65_535; // chunk numbers are 16 bits wide

  /**
   * Sizes for a target that has so many threads now and may start as many again, and a host with so
   * many CPUs.
   */
  public static ModuleSizes forThreads(int threads, int cpus) {
    int slots = Math.min(MAX_THREADS, threads * 2 + SPARE_THREADS);
    long chunks =
        Math.max(MIN_CHUNKS, (long) threads * CHUNKS_PER_THREAD + (long) cpus * CHUNKS_PER_CPU);
    int subjects = Math.min(MAX_SUBJECTS, cpus * SUBJECTS_PER_CPU + SPARE_SUBJECTS);
    return new ModuleSizes(slots, subjects, (int) Math.min(MAX_CHUNKS, chunks));
  }
}
