package latencyscope.agent;

/**
 * How much kernel memory a module takes: room for threads and for their distributions.
 *
 * @param slots threads at once, plus one that is never used
 * @param chunks pieces of distributions, 512 bytes each, plus one that is never used
 */
record ModuleSizes(int slots, int chunks) {
  private static final int SPARE_THREADS = 512;
  private static final int MAX_THREADS = 32_768;

  /** What a busy thread needs: two distributions over some ten octaves. */
  private static final int CHUNKS_PER_THREAD = 48;

  private static final int MIN_CHUNKS = 16_384;
  private static final int MAX_CHUNKS = 65_535; // chunk numbers are 16 bits wide

  /** Sizes for a target that has so many threads now and may start as many again. */
  static ModuleSizes forThreads(int threads) {
    int slots = Math.min(MAX_THREADS, threads * 2 + SPARE_THREADS);
    long chunks = Math.max(MIN_CHUNKS, (long) threads * CHUNKS_PER_THREAD);
    return new ModuleSizes(slots, (int) Math.min(MAX_CHUNKS, chunks));
  }
}
