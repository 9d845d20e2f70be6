package latencyscope.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.bpf.libbpf.LoadedObject;

/** Attaches all programs of an object file until it is ended: what entering them costs. */
final class EmptyPrograms {
  private EmptyPrograms() {}

  /**
   * Says {@code attached} when they are, and waits for a signal, at most five minutes.
   *
   * @param args the object file
   */
  public static void main(String[] args) throws Exception {
    ObjectFile file = ObjectFile.read(Files.readAllBytes(Path.of(args[0])));
    try (LoadedObject object = KernelObject.open(file).load()) {
      for (String program : object.programs()) {
        object.attach(program);
      }
      System.out.println("attached");
      Thread.sleep(300_000);
    }
  }
}
