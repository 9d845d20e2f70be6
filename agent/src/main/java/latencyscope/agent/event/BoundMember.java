package latencyscope.agent.event;

import java.lang.reflect.Field;

/**
 * A member of a kernel record and the field of an event that it goes to.
 *
 * @param field public, of the event's class
 * @param offset of the member in bytes from the record's begin; within one word, or on its border
 * @param conversion from the one to the other
 * @param texts what the constants of an enum are shown as, by their values; null if it is none
 */
public record BoundMember(Field field, int offset, Conversion conversion, String[] texts) {
  /** What a member becomes. */
  public enum Conversion {
    /** From 32 bits: whether they are not 0. */
    TRUTH,
    /** 32 bits as they are. */
    INT,
    /** 32 bits to 64. */
    UNSIGNED,
    /** 64 bits as they are. */
    LONG,
    /** From 16 bytes: a task's name. */
    COMM,
    /** From an address: the name of the kernel's function there. */
    FUNCTION,
    /** From a system call's number: its name. */
    SYSTEM_CALL,
    /** From a file's inode and device: its path. */
    FILE,
    /** From the number of a copied stack: its frames. */
    STACK,
    /** From an enum: its constant's text. */
    TEXT
  }
}
