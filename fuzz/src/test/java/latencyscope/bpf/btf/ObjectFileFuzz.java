package latencyscope.bpf.btf;

import latencyscope.bpf.error.MalformedObjectException;

/** The reader of compiled programs: any bytes are an object, or a sentence on what is wrong. */
public final class ObjectFileFuzz {
  private ObjectFileFuzz() {}

  /** Reads a whole object. */
  public static void fuzzerTestOneInput(byte[] object) {
    try {
      ObjectFile file = ObjectFile.read(object);
      file.programs().forEach(file::hook);
      file.maps();
      file.records().forEach(Struct::holes);
      file.variables();
    } catch (MalformedObjectException e) {
      e.problem();
    }
  }
}
