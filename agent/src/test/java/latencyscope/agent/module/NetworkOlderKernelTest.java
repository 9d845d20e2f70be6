package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import latencyscope.agent.account.SlotMeasures;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.bpf.libbpf.LoadedObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network module as it is fitted to kernels that lack what this one has. */
@KernelTest
class NetworkOlderKernelTest {
  private static final int SLOTS = 256;
  private static final int CHUNKS = 1024;
  private static final int DATAGRAMS = 20;

  @ParameterizedTest(name = "kfree_skb with {0} arguments, socket storage {1}, task storage {2}")
  @CsvSource({"2, false, false", "2, true, true", "3, true, true", "4, true, true"})
  void countsWhatNobodyListensTo(int arguments, boolean socketStorage, boolean taskStorage)
      throws Exception {
    ObjectFile file = ObjectFile.named("network");
    KernelObject fitted =
        KernelObject.open(file)
            .constant("target_tgid", ProcessHandle.current().pid())
            .constant("arguments_of_kfree_skb", arguments)
            .constant("has_socket_storage", socketStorage ? 1 : 0)
            .constant("has_task_storage", taskStorage ? 1 : 0)
            .createMap("ls_sockets", socketStorage)
            .createMap(taskStorage ? "ls_task_hash" : "ls_task_storage", false);
    for (String map : new String[] {"slots", "free_slots", "task_hash"}) {
      fitted.mapEntries("ls_" + map, SLOTS);
    }
    for (String map : new String[] {"subjects", "subject_index", "free_subjects"}) {
      fitted.mapEntries("ls_" + map, SLOTS);
    }
    fitted.mapEntries("ls_chunks", CHUNKS).mapEntries("ls_free_chunks", CHUNKS);
    try (LoadedObject object = fitted.load()) {
      for (int i = 1; i < SLOTS; i++) {
        object.push("ls_free_subjects", i);
      }
      for (String program : file.programs()) {
        object.attach(program);
      }
      sendToNobody();
      long drops = drops(file, object);
      assertTrue(drops >= DATAGRAMS, drops + " drops");
    }
  }

  private static void sendToNobody() throws Exception {
    int port;
    try (DatagramSocket closed = new DatagramSocket()) {
      port = closed.getLocalPort();
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < DATAGRAMS; i++) {
        socket.send(new DatagramPacket(new byte[8], 8, InetAddress.getLoopbackAddress(), port));
      }
    }
  }

  private static long drops(ObjectFile file, LoadedObject object) throws Exception {
    Struct slot = file.struct("subject_slot");
    Struct.Member measures = slot.member("measures");
    long drops =
        measures.offset() + ((Type.Nested) measures.type()).struct().member("drops").offset();
    long dropKind = file.enumeration("subject").values().get("SUBJECT_DROP");
    MemorySegment memory = object.mapMemory("ls_subjects");
    long sum = 0;
    for (int i = 1; i < SLOTS; i++) {
      long at = i * SlotMeasures.strideOf(slot);
      if (memory.get(ValueLayout.JAVA_INT, at + slot.member("kind").offset()) == dropKind) {
        sum += memory.get(ValueLayout.JAVA_LONG, at + drops);
      }
    }
    return sum;
  }
}
