package latencyscope.guest.hotspot;

import java.util.Arrays;

/**
 * A piece of HotSpot's code cache as it was when it was read. Not safe for use by several threads.
 */
final class CodeBlob {
  /** Of a class that is not {@code nmethod}. */
  static final long NO_METHOD = 0;

  private static final int[] NONE = {};

  final long address;
  final long begin;
  final long end;

  /** Bytes of its frame, with the return address; 0 if it has none, or none of one size. */
  final long frameBytes;

  /** Where its frame is complete, from its begin. */
  final int frameComplete;

  /** Address of the {@code Method}; 0 if this is not the code of one. */
  final long method;

  final int compileId;

  /** Address of what its scopes are written in. */
  final long scopes;

  /** Address of what scopes refer to by number. */
  final long metadata;

  /** Whether it is what calls a native method. */
  boolean isWrapper;

  /** In which look at the code cache this was last seen to be still there. */
  int checked;

  /** Offsets from {@link #begin} of which it is known where in the program they are; ascending. */
  private int[] pcs = NONE;

  private int[] pcScopes = NONE;

  CodeBlob(
      long address,
      long begin,
      long end,
      long frameBytes,
      int frameComplete,
      long method,
      int compileId,
      long scopes,
      long metadata) {
    this.address = address;
    this.begin = begin;
    this.end = end;
    this.frameBytes = frameBytes;
    this.frameComplete = frameComplete;
    this.method = method;
    this.compileId = compileId;
    this.scopes = scopes;
    this.metadata = metadata;
  }

  /** Adds where its places in the program are. */
  void places(int[] offsets, int[] scopeOffsets) {
    pcs = offsets;
    pcScopes = scopeOffsets;
  }

  /** How much memory this takes, about. */
  int weight() {
    return 32 + pcs.length;
  }

  boolean contains(long pc) {
    return pc >= begin && pc < end;
  }

  boolean isMethod() {
    return method != NO_METHOD;
  }

  /** Whether nothing is known of places in the program, as of a native method's wrapper. */
  boolean hasNoPlaces() {
    // Only the two that mark the ends.
    return pcs.length <= 2;
  }

  /** The place at exactly that address; negative if there is none. */
  int exact(long pc) {
    return Math.max(-1, Arrays.binarySearch(pcs, (int) (pc - begin)));
  }

  /** The first place at that address or behind it; the number of places if there is none. */
  int following(long pc) {
    int found = Arrays.binarySearch(pcs, (int) (pc - begin));
    return found >= 0 ? found : -found - 1;
  }

  /** Where in {@link #scopes} a place is described; 0 if it is none in the program. */
  int scopeOf(int place) {
    return place < 0 || place >= pcs.length ? 0 : pcScopes[place];
  }
}
