package latencyscope.bpf.btf;

import latencyscope.bpf.error.MalformedObjectException;

/** The reader of type information: any bytes are types, or a sentence on what is wrong. */
public final class BtfFuzz {
  private BtfFuzz() {}

  /** Reads every type of a section. */
  public static void fuzzerTestOneInput(byte[] section) {
    try {
      Btf btf = Btf.read(Bytes.of("section .BTF", section));
      TypeReader types = new TypeReader(btf);
      for (int type = 0; type < btf.count(); type++) {
        try {
          types.read(type);
        } catch (MalformedObjectException e) {
          e.problem();
        }
      }
    } catch (MalformedObjectException e) {
      e.problem();
    }
  }
}
