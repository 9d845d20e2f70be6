package latencyscope.bpf.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
  @ParameterizedTest
  @CsvSource({
    "1,EPERM",
    "2,ENOENT",
    "13,EACCES",
    "22,EINVAL",
    "28,ENOSPC",
    "40,ELOOP",
    "42,ENOMSG",
    "57,EBADSLT",
    "59,EBFONT",
    "95,EOPNOTSUPP",
    "133,EHWPOISON",
    "524,ENOTSUPP",
    "0,errno 0",
    "41,errno 41",
    "58,errno 58",
    "134,errno 134",
    "-5,errno -5"
  })
  void numbersHaveTheirNames(int errno, String name) {
    assertEquals(name, Errno.name(errno));
  }

  /** The kernel's own headers, which compiling the programs needs anyway. */
  @Test
  void agreesWithTheKernelsHeaders() throws Exception {
    Pattern definition = Pattern.compile("#define\\s+(E\\w+)\\s+(\\d+).*");
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (String header : List.of("errno-base.h", "errno.h")) {
      for (String line : Files.readAllLines(Path.of("/usr/include/asm-generic", header))) {
        Matcher matcher = definition.matcher(line);
        if (matcher.matches()) {
          checked++;
          String name = Errno.name(Integer.parseInt(matcher.group(2)));
          if (!name.equals(matcher.group(1))) {
            wrong.add(line + " is called " + name);
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(checked > 120, "only " + checked + " definitions");
  }
}
