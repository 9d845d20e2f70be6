package latencyscope.bpf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of system calls against the headers that programs of this machine are compiled with. */
class SystemCallsTest {
  private static final Pattern NUMBER = Pattern.compile("#define __NR_(\\w+)\\s+(\\d+)");

  /** What the header counts, and is no call. */
  private static final List<String> OTHERS = List.of("arch_specific_syscall", "syscalls");

  /** Calls with 64-bit times, which 64-bit programs have under other numbers. */
  private static final long FIRST_OF_32_BITS = 403;

  private static final long LAST_OF_32_BITS = 423;

  @ParameterizedTest
  @CsvSource({
    "amd64, /usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64, /usr/include/asm-generic/unistd.h"
  })
  void namesAreTheHeaders(String architecture, Path header) throws IOException {
    assumeTrue(Files.exists(header));
    SystemCalls calls = SystemCalls.of(architecture);
    Map<Long, List<String>> expected = read(header);
    assertTrue(expected.size() > 250, expected::toString);
    expected.forEach((number, names) ->
        assertTrue(
            names.contains(calls.nameOf(number)), number + " is " + names + " in the header"));
  }

  @ParameterizedTest
  @CsvSource({
    "amd64, 0, read",
    "amd64, 202, futex",
    "amd64, 232, epoll_wait",
    "aarch64, 63, read",
    "aarch64, 98, futex",
    "aarch64, 25, fcntl",
    "aarch64, 455, futex_wait"
  })
  void numbersDependOnTheArchitecture(String architecture, long number, String name) {
    assertEquals(name, SystemCalls.of(architecture).nameOf(number));
  }

  @ParameterizedTest
  @CsvSource({"amd64, 999999", "amd64, -1", "sparc, 1"})
  void whatIsNotKnownHasNoName(String architecture, long number) {
    assertNull(SystemCalls.of(architecture).nameOf(number));
  }

  private static Map<Long, List<String>> read(Path header) throws IOException {
    Map<Long, List<String>> names = new HashMap<>();
    for (String line : Files.readAllLines(header)) {
      Matcher matcher = NUMBER.matcher(line);
      if (matcher.matches() && !OTHERS.contains(matcher.group(1))) {
        Long number = Long.valueOf(matcher.group(2));
        names.computeIfAbsent(number, n -> new ArrayList<>()).add(matcher.group(1));
      }
    }
    names.keySet().removeIf(number -> number >= FIRST_OF_32_BITS && number <= LAST_OF_32_BITS);
    return names;
  }
}
