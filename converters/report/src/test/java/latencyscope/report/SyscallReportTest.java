package latencyscope.report;

import java.io.IOException;
import java.time.ZoneId;
import latencyscope.Golden;
import latencyscope.recording.SyscallFixture;
import org.junit.jupiter.api.Test;

class SyscallReportTest {
  @Test
  void textForPeople() throws IOException {
    Style style = new Style(80, false, false, ZoneId.of("UTC"));
    Golden.check("syscall-bad-day.txt", TextReport.of(SyscallFixture.badDay().report(), style));
  }

  @Test
  void jsonForPrograms() throws IOException {
    Golden.check("syscall-bad-day.json", JsonReport.of(SyscallFixture.badDay().report()));
  }
}
