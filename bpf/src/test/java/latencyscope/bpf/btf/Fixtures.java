package latencyscope.bpf.btf;

import latencyscope.bpf.error.MalformedObjectException;

/** The programs in src/test/bpf. */
public final class Fixtures {
  static final String FOLDER = "/latencyscope/bpf/fixtures";

  private Fixtures() {}

  public static ObjectFile object(String name) throws MalformedObjectException {
    return ObjectFile.in(FOLDER, name);
  }

  static byte[] bytes(String name) throws MalformedObjectException {
    return new ObjectIndex(FOLDER).read(name);
  }
}
