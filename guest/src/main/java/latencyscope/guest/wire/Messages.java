package latencyscope.guest.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.MemoryRegion;

/**
 * The payloads of frames. Numbers are big-endian and texts are modified UTF-8, as {@link
 * java.io.DataOutput} has them. Behind what a version knows a newer one may send more, which is
 * passed over.
 */
public final class Messages {
  /** Raised where one side cannot understand another version any more. */
  public static final int VERSION = 1;

  /** What a client says first, in this order. */
  public static final byte HELLO = 1;

  public static final byte OPEN = 2;

  /** What a client says whenever it likes. */
  public static final byte MAPPED = 3;

  public static final byte WISHES = 4;
  public static final byte POSITION = 5;
  public static final byte REPORT = 6;
  public static final byte COMPLETE = 7;
  public static final byte REGIONS = 8;

  /** What a broker answers. */
  public static final byte WELCOME = 65;

  public static final byte OPENED = 66;
  public static final byte DONE = 67;
  public static final byte REFUSED = 68;

  /** No client needs to say as much, bytes. */
  public static final int MOST_OF_CLIENT = 256 << 10;

  /** No broker does, bytes. */
  public static final int MOST_OF_BROKER = 1 << 20;

  /** More is no list. */
  private static final int MOST_ENTRIES = 4_096;

  private Messages() {}

  /** Something that can be sent. */
  public interface Message {
    /** Writes the payload. */
    void write(DataOutput out) throws IOException;

    /** The payload. */
    default byte[] payload() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        write(new DataOutputStream(bytes));
      } catch (IOException e) {
        throw new UncheckedIOException(e); // a text of more than 64 KB
      }
      return bytes.toByteArray();
    }
  }

  private static DataInput in(byte[] payload) {
    return new DataInputStream(new ByteArrayInputStream(payload));
  }

  private static int count(DataInput in) throws IOException {
    int count = in.readUnsignedShort();
    if (count > MOST_ENTRIES) {
      throw new IOException("a list of " + count + " entries");
    }
    return count;
  }

  private static void writeTexts(DataOutput out, List<String> texts) throws IOException {
    out.writeShort(texts.size());
    for (String text : texts) {
      out.writeUTF(text);
    }
  }

  private static List<String> readTexts(DataInput in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = count(in); left > 0; left--) {
      texts.add(in.readUTF());
    }
    return List.copyOf(texts);
  }

  /**
   * Who is there: of both sides.
   *
   * @param version of the protocol
   * @param product version of LatencyScope
   */
  public record Hello(int version, String product) implements Message {
    @Override
    public void write(DataOutput out) throws IOException {
      out.writeShort(version);
      out.writeUTF(product);
    }

    public static Hello read(byte[] payload) throws IOException {
      DataInput in = in(payload);
      return new Hello(in.readUnsignedShort(), in.readUTF());
    }
  }

  /** What a broker sends of events. */
  public record Welcome(Hello hello, EventSchema schema) implements Message {
    @Override
    public void write(DataOutput out) throws IOException {
      hello.write(out);
      schema.write(out);
    }

    public static Welcome read(byte[] payload) throws IOException {
      DataInput in = in(payload);
      Hello hello = new Hello(in.readUnsignedShort(), in.readUTF());
      // Of another version the rest may be anything.
      return new Welcome(
          hello, hello.version == VERSION ? EventSchema.read(in) : new EventSchema(List.of()));
    }
  }

  /**
   * What a client wants to be captured.
   *
   * @param pid a process of the client's user; 0: the client itself
   * @param modules names of modules, one at least
   * @param cpus to which the capture is limited; empty: all
   * @param networkInterface to which the network module is limited; empty: all
   * @param historyBytes what the logs may take; as {@code HistorySize} has it
   * @param probeCost whether runs and run time of programs are to be counted
   */
  public record Open(
      long pid,
      List<String> modules,
      String cpus,
      String networkInterface,
      long historyBytes,
      boolean probeCost,
      Wishes wishes)
      implements Message {
    /** Copies the list. */
    public Open {
      modules = List.copyOf(modules);
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(pid);
      writeTexts(out, modules);
      out.writeUTF(cpus);
      out.writeUTF(networkInterface);
      out.writeLong(historyBytes);
      out.writeBoolean(probeCost);
      wishes.write(out);
    }

    public static Open read(byte[] payload) throws IOException {
      DataInput in = in(payload);
      return new Open(
          in.readLong(),
          readTexts(in),
          in.readUTF(),
          in.readUTF(),
          in.readLong(),
          in.readBoolean(),
          Wishes.read(in));
    }
  }

  /**
   * What a client's recordings want now.
   *
   * @param streams whether records are to be read at once
   * @param logs whether every occurrence is to be logged
   * @param lastNs how much of the log is wanted at the end of a chunk
   * @param thresholdsNs of each type in the broker's schema; -1: not wanted, 0: every event
   */
  public record Wishes(boolean streams, boolean logs, long lastNs, List<Long> thresholdsNs)
      implements Message {
    /** Copies the list. */
    public Wishes {
      thresholdsNs = List.copyOf(thresholdsNs);
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeBoolean(streams);
      out.writeBoolean(logs);
      out.writeLong(lastNs);
      out.writeShort(thresholdsNs.size());
      for (long ns : thresholdsNs) {
        out.writeLong(ns);
      }
    }

    public static Wishes read(byte[] payload) throws IOException {
      return read(in(payload));
    }

    private static Wishes read(DataInput in) throws IOException {
      boolean streams = in.readBoolean();
      boolean logs = in.readBoolean();
      long lastNs = in.readLong();
      List<Long> thresholds = new ArrayList<>();
      for (int left = count(in); left > 0; left--) {
        thresholds.add(in.readLong());
      }
      return new Wishes(streams, logs, lastNs, thresholds);
    }
  }

  /** As {@code latencyscope.guest.channel.Probe}; a text that is missing there is empty. */
  public record ProbeState(
      String module, String program, String state, String reason, String remedy) {}

  /**
   * What a capture has come to.
   *
   * @param area file with the shared memory; empty where nothing is captured
   * @param modules that capture
   * @param recordsFromNs from when on every module's records become events, of the kernel's clock
   * @param loadingNs CPU time that it took on separate threads
   */
  public record Opened(
      String area,
      List<String> modules,
      List<ProbeState> probes,
      long recordsFromNs,
      long loadingNs)
      implements Message {
    /** Copies the lists. */
    public Opened {
      modules = List.copyOf(modules);
      probes = List.copyOf(probes);
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeUTF(area);
      writeTexts(out, modules);
      out.writeShort(probes.size());
      for (ProbeState probe : probes) {
        for (String text :
            List.of(probe.module, probe.program, probe.state, probe.reason, probe.remedy)) {
          out.writeUTF(text);
        }
      }
      out.writeLong(recordsFromNs);
      out.writeLong(loadingNs);
    }

    public static Opened read(byte[] payload) throws IOException {
      DataInput in = in(payload);
      String area = in.readUTF();
      List<String> modules = readTexts(in);
      List<ProbeState> probes = new ArrayList<>();
      for (int left = count(in); left > 0; left--) {
        probes.add(
            new ProbeState(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF()));
      }
      return new Opened(area, modules, probes, in.readLong(), in.readLong());
    }
  }

  /** How far a client has read, bytes since the begin. */
  public record Position(long bytes) implements Message {
    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(bytes);
    }

    public static Position read(byte[] payload) throws IOException {
      return new Position(in(payload).readLong());
    }
  }

  /** What the engine's JVM uses its memory for, as far as the kernel does not know. */
  public record Regions(List<AddressRange> ranges) implements Message {
    /** Copies the list. */
    public Regions {
      ranges = List.copyOf(ranges.subList(0, Math.min(ranges.size(), MOST_ENTRIES)));
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeShort(ranges.size());
      for (AddressRange range : ranges) {
        out.writeLong(range.begin());
        out.writeLong(range.end());
        out.writeUTF(range.region().name());
      }
    }

    public static Regions read(byte[] payload) throws IOException {
      DataInput in = in(payload);
      List<AddressRange> ranges = new ArrayList<>();
      for (int left = count(in); left > 0; left--) {
        ranges.add(range(in.readLong(), in.readLong(), in.readUTF()));
      }
      return new Regions(ranges);
    }

    private static AddressRange range(long begin, long end, String name) throws IOException {
      for (MemoryRegion region : MemoryRegion.values()) {
        if (region.name().equals(name) && begin >= 0 && begin < end) {
          return new AddressRange(begin, end, region);
        }
      }
      throw new IOException("memory from " + begin + " to " + end + " for " + name);
    }
  }

  /** That everything up to now is wanted, with or without what the logs have. */
  public record Complete(boolean withLog) implements Message {
    @Override
    public void write(DataOutput out) throws IOException {
      out.writeBoolean(withLog);
    }

    public static Complete read(byte[] payload) throws IOException {
      return new Complete(in(payload).readBoolean());
    }
  }

  /**
   * That what was asked for is in the shared memory.
   *
   * @param position up to where
   * @param recordsFromNs from when on every module's records have become events
   * @param recordsUntilNs until when they have
   * @param drainNs CPU time that the broker has used for this client
   */
  public record Done(long position, long recordsFromNs, long recordsUntilNs, long drainNs)
      implements Message {
    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(position);
      out.writeLong(recordsFromNs);
      out.writeLong(recordsUntilNs);
      out.writeLong(drainNs);
    }

    public static Done read(byte[] payload) throws IOException {
      DataInput in = in(payload);
      return new Done(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
  }

  /** Why a client is not served, and what to do: sentences without a full stop. */
  public record Refused(String reason, String remedy) implements Message {
    @Override
    public void write(DataOutput out) throws IOException {
      out.writeUTF(reason);
      out.writeUTF(remedy);
    }

    public static Refused read(byte[] payload) throws IOException {
      DataInput in = in(payload);
      return new Refused(in.readUTF(), in.readUTF());
    }
  }
}
