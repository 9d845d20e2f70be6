package latencyscope.bpf.btf;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import latencyscope.bpf.error.MalformedObjectException;

/** The named types and global variables of a compiled object. */
final class ObjectTypes {
  private static final int SECTION_VARIABLE_SIZE = 12;

  final Map<String, Struct> structs = new LinkedHashMap<>();
  final Map<String, Struct> records = new LinkedHashMap<>();
  final Map<String, Type.Enumeration> enumerations = new LinkedHashMap<>();
  final Map<String, Variable> variables = new LinkedHashMap<>();
  final Set<String> maps = new LinkedHashSet<>();

  private record Place(String section, String name) {}

  private final Map<Place, ElfObject.Symbol> symbols = new HashMap<>();
  private final Btf btf;
  private final TypeReader reader;

  ObjectTypes(ElfObject elf, Btf btf) throws MalformedObjectException {
    elf.symbols().forEach(s -> symbols.put(new Place(s.section().name(), s.name()), s));
    this.btf = btf;
    this.reader = new TypeReader(btf);
    for (int type = 1; type < btf.count(); type++) {
      switch (btf.kind(type)) {
        case Btf.STRUCT, Btf.UNION -> addNamed(structs, btf.name(type), reader.struct(type));
        case Btf.ENUM, Btf.ENUM64 ->
            addNamed(enumerations, btf.name(type), reader.enumeration(type));
        case Btf.DATASEC -> addSection(type);
        default -> {
          // Reached through the types that refer to it, or of no interest here.
        }
      }
    }
  }

  private static <T> void addNamed(Map<String, T> types, String name, T type) {
    if (!name.isEmpty()) {
      types.putIfAbsent(name, type);
    }
  }

  private void addSection(int section) throws MalformedObjectException {
    String name = btf.name(section);
    Bytes detail = btf.detail(section);
    for (int i = 0; i < btf.entries(section); i++) {
      long variable = detail.u32((long) i * SECTION_VARIABLE_SIZE);
      if (btf.kind(variable) != Btf.VAR) {
        throw new MalformedObjectException(
            "section " + name + " holds something that is no variable");
      }
      if (name.equals(".maps")) {
        maps.add(btf.name(variable));
      } else if (name.startsWith(".rodata")
          || name.startsWith(".data")
          || name.startsWith(".bss")) {
        addVariable(name, variable);
      }
    }
  }

  private void addVariable(String section, long variable) throws MalformedObjectException {
    String name = btf.name(variable);
    long type = btf.sizeOrType(variable);
    if (name.startsWith(ObjectFile.RECORD_PREFIX)) {
      String record = name.substring(ObjectFile.RECORD_PREFIX.length());
      records.put(record, pointedTo(name, record, type));
      return;
    }
    // The compiler leaves the offsets of a section's variables to the symbol table.
    ElfObject.Symbol symbol = symbols.get(new Place(section, name));
    if (symbol == null) {
      throw new MalformedObjectException(
          "variable " + name + " has no place in section " + section);
    }
    variables.put(name, variable(name, symbol, reader.read(type)));
  }

  private static Variable variable(String name, ElfObject.Symbol symbol, Type type)
      throws MalformedObjectException {
    long sectionSize = symbol.section().size();
    long offset = symbol.value();
    boolean within = offset >= 0 && sectionSize <= Integer.MAX_VALUE && offset <= sectionSize;
    if (!within || type.size() > sectionSize - offset) {
      throw new MalformedObjectException(
          "variable " + name + " does not lie within section " + symbol.section().name());
    }
    return new Variable(name, symbol.section().name(), (int) offset, type);
  }

  private Struct pointedTo(String variable, String record, long type)
      throws MalformedObjectException {
    long pointer = reader.unqualified(type);
    if (btf.kind(pointer) == Btf.POINTER) {
      long target = reader.unqualified(btf.sizeOrType(pointer));
      if (btf.kind(target) == Btf.STRUCT && btf.name(target).equals(record)) {
        return reader.struct(target);
      }
    }
    throw new MalformedObjectException(
        variable + " is not declared as const struct " + record + " *" + variable);
  }
}
