package latencyscope.guest.hotspot;

/** What a target uses memory for; the kernel by itself knows the last two alone. */
public enum MemoryRegion {
  JAVA_HEAP,
  CODE_CACHE,
  METASPACE,
  THREAD_STACK,
  MAPPED_FILE,
  ANONYMOUS
}
