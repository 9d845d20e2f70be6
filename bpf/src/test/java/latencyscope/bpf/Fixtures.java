package latencyscope.bpf;

/** The programs in src/test/bpf. */
final class Fixtures {
  static final String FOLDER = "/latencyscope/bpf/fixtures";

  private Fixtures() {}

  static ObjectFile object(String name) throws MalformedObjectException {
    return ObjectFile.in(FOLDER, name);
  }

  static byte[] bytes(String name) throws MalformedObjectException {
    return new ObjectIndex(FOLDER).read(name);
  }
}
