package latencyscope.bpf.btf;

/**
 * A global variable of a BPF object.
 *
 * @param name C name
 * @param section {@code .rodata}, {@code .data} or {@code .bss}; also the name of its map
 * @param offset bytes from the start of the section
 * @param type its type, which also gives the size
 */
public record Variable(String name, String section, int offset, Type type) {
  /** Bytes that it occupies. */
  public int size() {
    return type.size();
  }

  /** Whether programs see it as a constant: set before loading, fixed after. */
  public boolean constant() {
    return section.startsWith(".rodata");
  }
}
