package demo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import demo.book.Instrument;
import demo.book.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path directory;
  private Path file;
  private Journal journal;

  @BeforeEach
  void create() throws IOException {
    file = directory.resolve("journal");
    journal = new Journal(file);
  }

  @Test
  void aRecordIsInTheFile() throws IOException {
    journal.append(1, 2, -3, Instrument.CHAR, Side.SELL, 4, 5);
    ByteBuffer record = ByteBuffer.wrap(Files.readAllBytes(file));
    assertEquals(1, record.getLong());
    assertEquals(2, record.getLong());
    assertEquals(-3, record.getLong());
    assertEquals(4, record.getInt());
    assertEquals(5, record.getInt());
    assertEquals(Instrument.CHAR.ordinal(), record.get());
    assertEquals(Side.SELL.ordinal(), record.get());
  }

  @Test
  void aFullFileIsWrittenAgainFromItsStart() throws IOException {
    long size = Files.size(file);
    long fitting = size / Journal.RECORD;
    append(fitting + 1);
    assertEquals(size, Files.size(file));
    assertEquals(fitting + 1, journal.records());
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
    assertEquals(fitting + 1, content.getLong(0));
    assertEquals(2, content.getLong(Journal.RECORD));
  }

  @Test
  void recordsGoOnInASegmentUntilSentHome() throws IOException {
    ByteBuffer segment = ByteBuffer.allocate(4 * Journal.RECORD);
    append(1);
    assertTrue(journal.continueIn(segment));
    assertFalse(journal.continueIn(segment), "the first is not taken yet");
    append(1);
    assertTrue(journal.continueIn(ByteBuffer.allocate(Journal.RECORD)), "the first was taken");
    assertTrue(journal.continueAtHome(), "the second was still waiting");
    assertFalse(journal.isTaken());
    append(1);
    assertTrue(journal.isTaken());
    assertEquals(Journal.RECORD, segment.position());
    assertEquals(1, ByteBuffer.wrap(Files.readAllBytes(file)).getLong(Journal.RECORD));
  }

  private void append(long count) {
    for (long i = 1; i <= count; i++) {
      journal.append(i, i, -i, Instrument.ALFA, Side.BUY, 1, 1);
    }
  }
}
