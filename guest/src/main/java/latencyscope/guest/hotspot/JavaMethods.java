package latencyscope.guest.hotspot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Names and lines of this JVM's methods, by the addresses of their {@code Method} structures.
 *
 * <p>Nothing is remembered: a class may be unloaded and its memory be another's. Used by one thread
 * at a time.
 */
final class JavaMethods {
  /** Of a method of which it is not known, or never the case, which bytecode runs. */
  static final int NO_BCI = -1;

  private static final int LONGEST_NAME = 1_024;
  private static final int MOST_METHODS = 65_535;
  private static final int LONGEST_TABLE = 1 << 16;
  private static final int HAS_LINES = 1;
  private static final int NATIVE = 0x100; // JVM_ACC_NATIVE
  private static final int LONG_DELTAS = 0xff;
  private static final int MONITOR_ENTER = 0xc2;

  /** Bytecodes up to here, and loads, call nothing. */
  private static final int LAST_CONSTANT = 0x11;

  private static final int FIRST_LOAD = 0x15;
  private static final int LAST_LOAD = 0x2d;

  /** Loads that the interpreter has rewritten: {@code bytecodes.hpp} of JDK 25. */
  private static final int FIRST_FAST_LOAD = 220;

  private static final int LAST_FAST_LOAD = 225;
  private static final int SCRATCH_BYTES = 1 << 16;

  private final HotSpotStructs structs;

  private final ByteBuffer scratch =
      ByteBuffer.allocateDirect(SCRATCH_BYTES).order(ByteOrder.nativeOrder());

  private final long constMethod;
  private final long accessFlags;
  private final long constants;
  private final long flags;
  private final long size;
  private final long codeSize;
  private final long nameIndex;
  private final long constMethodSize;
  private final long poolSize;
  private final long poolHolder;
  private final long className;
  private final long methods;
  private final long arrayData;
  private final long symbolLength;
  private final long symbolBody;

  /**
   * Finds where the JVM keeps these.
   *
   * @throws IOException if it is not described
   */
  JavaMethods(HotSpotStructs structs) throws IOException {
    this.structs = structs;
    constMethod = structs.offset("Method"::equals, "_constMethod");
    accessFlags = structs.offset("Method"::equals, "_access_flags");
    constants = structs.offset("ConstMethod"::equals, "_constants");
    flags = structs.offset("ConstMethod"::equals, "_flags._flags");
    size = structs.offset("ConstMethod"::equals, "_constMethod_size");
    codeSize = structs.offset("ConstMethod"::equals, "_code_size");
    nameIndex = structs.offset("ConstMethod"::equals, "_name_index");
    constMethodSize = structs.size("ConstMethod");
    poolSize = structs.size("ConstantPool");
    poolHolder = structs.offset("ConstantPool"::equals, "_pool_holder");
    className = structs.offset("Klass"::equals, "_name");
    methods = structs.offset("InstanceKlass"::equals, "_methods");
    arrayData = structs.offset("Array<Method*>"::equals, "_data");
    symbolLength = structs.offset("Symbol"::equals, "_length");
    symbolBody = structs.offset("Symbol"::equals, "_body");
  }

  /** What identifies a method for as long as its class is there; another's is hardly the same. */
  long fingerprint(long method) {
    long fixed = structs.readLong(method + constMethod);
    return fixed * 31
        + structs.readLong(fixed + constants) * 17
        + structs.readInt(fixed + nameIndex);
  }

  /** Whether an address is that of a method: its class has it among its methods. */
  boolean isMethod(long method) {
    long holder = holder(method);
    long list = holder == 0 ? 0 : structs.readLong(holder + methods);
    int count = list == 0 ? 0 : structs.readInt(list);
    if (count <= 0 || count > MOST_METHODS) {
      return false;
    }
    int room = SCRATCH_BYTES / Long.BYTES;
    for (int from = 0; from < count; from += room) {
      int some = Math.min(room, count - from);
      ByteBuffer part = buffer(some * Long.BYTES);
      if (!structs.readBytes(list + arrayData + (long) from * Long.BYTES, part)) {
        return false;
      }
      for (int i = 0; i < some; i++) {
        if (part.getLong(i * Long.BYTES) == method) {
          return true;
        }
      }
    }
    return false;
  }

  private ByteBuffer buffer(int bytes) {
    return scratch.clear().limit(bytes);
  }

  private long holder(long method) {
    long pool = structs.readLong(structs.readLong(method + constMethod) + constants);
    return pool == 0 ? 0 : structs.readLong(pool + poolHolder);
  }

  /** Whether it is implemented in native code. */
  boolean isNative(long method) {
    return (structs.readInt(method + accessFlags) & NATIVE) != 0;
  }

  /** Address of a method's first bytecode. */
  long codeBegin(long method) {
    return structs.readLong(method + constMethod) + constMethodSize;
  }

  /** Address behind a method's last bytecode. */
  long codeEnd(long method) {
    return codeBegin(method) + codeSize(structs.readLong(method + constMethod));
  }

  /**
   * Which bytecode called the JVM. While it waits for a monitor the interpreter notes the bytecode
   * behind {@code monitorenter} already (templateTable_x86.cpp).
   *
   * @param bci that the interpreter noted
   * @return {@link #NO_BCI} where it may be the one or the other, and their lines differ
   */
  int calling(long method, int bci) {
    long code = codeBegin(method);
    if (bci <= 0 || structs.readByte(code + bci - 1) != MONITOR_ENTER) {
      return bci;
    }
    int next = structs.readByte(code + bci);
    boolean callsNothing =
        next <= LAST_CONSTANT
            || next >= FIRST_LOAD && next <= LAST_LOAD
            || next >= FIRST_FAST_LOAD && next <= LAST_FAST_LOAD;
    if (callsNothing) {
      return bci - 1;
    }
    return line(method, bci - 1) == line(method, bci) ? bci : NO_BCI;
  }

  private int codeSize(long fixed) {
    return structs.readInt(fixed + codeSize) & 0xffff;
  }

  /** Such as {@code demo.risk.RiskDesk.approve}; null if that is not known. */
  String name(long method) {
    long holder = holder(method);
    long fixed = structs.readLong(method + constMethod);
    long pool = structs.readLong(fixed + constants);
    int index = structs.readInt(fixed + nameIndex) & 0xffff;
    String type = holder == 0 ? null : symbol(structs.readLong(holder + className));
    String name = symbol(structs.readLong(pool + poolSize + (long) index * Long.BYTES));
    return type == null || name == null ? null : type.replace('/', '.') + "." + name;
  }

  private String symbol(long address) {
    int length = address == 0 ? 0 : structs.readInt(address + symbolLength) & 0xffff;
    if (length == 0 || length > LONGEST_NAME) {
      return null;
    }
    ByteBuffer bytes = buffer(length);
    return structs.readBytes(address + symbolBody, bytes)
        ? StandardCharsets.UTF_8.decode(bytes.flip()).toString()
        : null;
  }

  /** The line that a bytecode was compiled from; 0 if that is not known. */
  int line(long method, int bci) {
    long fixed = structs.readLong(method + constMethod);
    if (bci < 0 || fixed == 0 || (structs.readInt(fixed + flags) & HAS_LINES) == 0) {
      return 0;
    }
    long table = constMethodSize + codeSize(fixed);
    long bytes = structs.readInt(fixed + size) * (long) Long.BYTES - table;
    if (bytes <= 0) {
      return 0;
    }
    ByteBuffer lines = buffer((int) Math.min(LONGEST_TABLE, bytes));
    return structs.readBytes(fixed + table, lines) ? line(lines.flip(), bci) : 0;
  }

  /**
   * Reads a compressed table of lines.
   *
   * @return the line of the last bytecode at or before that one which has a line; 0 if none has
   */
  static int line(ByteBuffer table, int bci) {
    Unsigned5 numbers = new Unsigned5(table);
    int at = 0;
    int line = 0;
    int bestAt = -1;
    int best = 0;
    for (int next = numbers.readByte(); next != 0; next = numbers.readByte()) {
      at += next == LONG_DELTAS ? numbers.readSigned() : next >> 3;
      line += next == LONG_DELTAS ? numbers.readSigned() : next & 7;
      if (at <= bci && at >= bestAt) {
        bestAt = at;
        best = line;
      }
    }
    return best;
  }
}
