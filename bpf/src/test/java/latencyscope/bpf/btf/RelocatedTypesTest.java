package latencyscope.bpf.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import latencyscope.bpf.error.MalformedObjectException;
import org.junit.jupiter.api.Test;

/**
 * Which of the kernel's types the programs are fitted to by libbpf. Where the kernel itself lacks
 * one, libbpf looks for it in the kernel's modules, and that needs {@code CAP_SYS_ADMIN}: the two
 * capabilities that {@code docs/security.md} asks for would not be enough.
 */
class RelocatedTypesTest {
  /** In vmlinux of each kernel since 5.10, of x86-64 and of arm64, as its configuration has BPF. */
  private static final Set<String> EVERYWHERE =
      Set.of(
          "__call_single_data",
          "bpf_func_id",
          "bpf_iter__bpf_map",
          "bpf_iter__task",
          "bpf_iter__task_file",
          "bpf_iter__tcp",
          "bpf_iter__udp",
          "bpf_iter_meta",
          "bpf_perf_event_data",
          "cfs_rq",
          "cpumask",
          "dentry",
          "fdtable",
          "file",
          "files_struct",
          "hrtimer",
          "inode",
          "irqaction",
          "kthread",
          "mm_struct",
          "mutex",
          "napi_struct",
          "net",
          "net_device",
          "path",
          "pid",
          "pt_regs",
          "rq",
          "rw_semaphore",
          "sk_buff",
          "sock",
          "socket",
          "super_block",
          "task_group",
          "task_struct",
          "timer_list",
          "udp_sock",
          "upid",
          "vm_area_struct",
          "worker");

  @Test
  void programsAreFittedOnlyToTypesThatEachKernelHas() throws Exception {
    Set<String> fitted = new TreeSet<>();
    for (String module : ObjectFile.index()) {
      ElfObject elf = ElfObject.read(ObjectFile.named(module).bytes());
      Btf btf = Btf.read(elf.section(".BTF").orElseThrow().bytes());
      collect(elf.section(".BTF.ext").orElseThrow().bytes(), btf, fitted);
    }
    Set<String> elsewhere = new TreeSet<>(fitted);
    elsewhere.removeAll(EVERYWHERE);
    assertEquals(Set.of(), elsewhere);
    // And the reader of the relocations does see them.
    assertEquals(new TreeSet<>(EVERYWHERE), fitted);
  }

  /** The section's layout is that of {@code struct btf_ext_header} in libbpf. */
  private static void collect(Bytes extended, Btf btf, Set<String> types)
      throws MalformedObjectException {
    Bytes relocations =
        extended.slice("relocations", extended.u32(4) + extended.u32(24), extended.u32(28));
    long recordSize = relocations.u32(0);
    long at = Integer.BYTES;
    while (at < relocations.length()) {
      long count = relocations.u32(at + Integer.BYTES);
      at += 2 * Integer.BYTES;
      for (long end = at + count * recordSize; at < end; at += recordSize) {
        String name = btf.name(relocations.u32(at + Integer.BYTES));
        // CO-RE ignores what follows three underscores: several declarations of one type.
        types.add(name.replaceFirst("(?<=.)___.*", ""));
      }
    }
  }
}
