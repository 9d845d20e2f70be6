package latencyscope.bpf.btf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.bpf.error.MalformedObjectException;

/** Sections and symbols of a relocatable BPF object (ELF64, little-endian). */
final class ElfObject {
  private static final int MAGIC = 0x464c457f; // 0x7f 'E' 'L' 'F'
  private static final int CLASS_64 = 2;
  private static final int DATA_LITTLE_ENDIAN = 1;
  private static final int MACHINE_BPF = 247;
  private static final int SECTION_HEADER_SIZE = 64;
  private static final int SYMBOL_SIZE = 24;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_NOBITS = 8;
  private static final int SHF_EXECINSTR = 4;
  private static final int STT_FUNC = 2;
  private static final int STB_LOCAL = 0;

  /** A section; {@code bytes} is empty for one that occupies no file space, such as .bss. */
  record Section(String name, long size, boolean executable, Bytes bytes) {}

  /** A symbol that is defined in a section. */
  record Symbol(String name, Section section, long value, boolean function, boolean global) {}

  private final List<Section> sections;
  private final List<Symbol> symbols;

  private ElfObject(List<Section> sections, List<Symbol> symbols) {
    this.sections = sections;
    this.symbols = symbols;
  }

  static ElfObject read(byte[] file) throws MalformedObjectException {
    Bytes elf = Bytes.of("the object file", file);
    checkHeader(elf);
    List<Section> sections = sections(elf);
    return new ElfObject(sections, symbols(elf, sections));
  }

  Optional<Section> section(String name) {
    return sections.stream().filter(section -> section.name().equals(name)).findFirst();
  }

  List<Symbol> symbols() {
    return symbols;
  }

  private static void checkHeader(Bytes elf) throws MalformedObjectException {
    boolean elf64 = elf.s32(0) == MAGIC && elf.u8(4) == CLASS_64 && elf.u8(5) == DATA_LITTLE_ENDIAN;
    if (!elf64 || elf.u16(18) != MACHINE_BPF) {
      throw new MalformedObjectException("the object file is not a little-endian BPF ELF object");
    }
  }

  private static Bytes header(Bytes elf, int index) throws MalformedObjectException {
    long table = elf.u64(40);
    long offset = (long) index * SECTION_HEADER_SIZE;
    return elf.slice("the section table", table, (long) sectionCount(elf) * SECTION_HEADER_SIZE)
        .slice("a section header", offset, SECTION_HEADER_SIZE);
  }

  private static int sectionCount(Bytes elf) throws MalformedObjectException {
    return elf.u16(60);
  }

  private static List<Section> sections(Bytes elf) throws MalformedObjectException {
    Bytes names = contents("the section names", elf, header(elf, elf.u16(62)));
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < sectionCount(elf); i++) {
      Bytes header = header(elf, i);
      String name = names.string(header.u32(0));
      boolean executable = (header.u64(8) & SHF_EXECINSTR) != 0;
      Bytes bytes = contents("section " + name, elf, header);
      sections.add(new Section(name, header.u64(32), executable, bytes));
    }
    return List.copyOf(sections);
  }

  private static Bytes contents(String what, Bytes elf, Bytes header)
      throws MalformedObjectException {
    // The null section and .bss have sizes and offsets that mean nothing in the file.
    boolean inFile = header.u32(4) != 0 && header.u32(4) != SHT_NOBITS;
    return inFile ? elf.slice(what, header.u64(24), header.u64(32)) : elf.slice(what, 0, 0);
  }

  private static List<Symbol> symbols(Bytes elf, List<Section> sections)
      throws MalformedObjectException {
    for (int i = 0; i < sections.size(); i++) {
      Bytes header = header(elf, i);
      if (header.u32(4) == SHT_SYMTAB) { // there is one at most, says the ELF specification
        Bytes names = contents("the symbol names", elf, linked(elf, header, sections.size()));
        return symbols(sections.get(i).bytes(), names, sections);
      }
    }
    return List.of();
  }

  private static Bytes linked(Bytes elf, Bytes header, int sections)
      throws MalformedObjectException {
    long link = header.u32(40);
    if (link >= sections) {
      throw new MalformedObjectException(
          "the symbol table names section " + link + " of " + sections);
    }
    return header(elf, (int) link);
  }

  private static List<Symbol> symbols(Bytes table, Bytes names, List<Section> sections)
      throws MalformedObjectException {
    List<Symbol> symbols = new ArrayList<>();
    for (long at = 0; at < table.length(); at += SYMBOL_SIZE) {
      int info = table.u8(at + 4);
      int section = table.u16(at + 6);
      // Index 0 is "not defined here"; the reserved ones (absolute, common) are past the table.
      if (section > 0 && section < sections.size()) {
        boolean function = (info & 0xf) == STT_FUNC;
        boolean global = info >> 4 != STB_LOCAL;
        String name = names.string(table.u32(at));
        long value = table.u64(at + 8);
        symbols.add(new Symbol(name, sections.get(section), value, function, global));
      }
    }
    return List.copyOf(symbols);
  }
}
