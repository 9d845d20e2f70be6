package latencyscope.jfr.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import latencyscope.jfr.PageLookup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageFaultTest {
  private static final PageLookup PAGES =
      new PageLookup() {
        @Override
        public int nodeOfPage(long osThreadId, long address) {
          return 1;
        }

        @Override
        public int nodeOfCpu(long cpu) {
          return 0;
        }

        @Override
        public InFile fileAt(long address) {
          return new InFile("/data/asked-for", address);
        }
      };

  private static PageFault located(String region, String file, long offset) {
    PageFault event = new PageFault();
    event.region = region;
    event.file = file;
    event.fileOffset = offset;
    event.address = 8192;
    event.locate(PAGES);
    return event;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mapped-file", "unknown"})
  void aFileThatTheKernelCouldNotTellIsAskedFor(String region) {
    PageFault event = located(region, null, 0);
    assertEquals("/data/asked-for", event.file);
    assertEquals(8192, event.fileOffset);
    assertEquals(region, event.region); // the histograms have it so
  }

  @Test
  void whatTheKernelToldStays() {
    PageFault event = located("mapped-file", "/data/told", 4096);
    assertEquals("/data/told", event.file);
    assertEquals(4096, event.fileOffset);
  }

  @ParameterizedTest
  @ValueSource(strings = {"java-heap", "thread-stack", "anonymous"})
  void memoryOfOtherUseHasNoFile(String region) {
    assertNull(located(region, null, 0).file);
  }
}
