package latencyscope.report.name;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessNameTest {
  @ParameterizedTest
  @CsvSource({
    "/usr/bin/java -javaagent:/x/y.jar=start=a -cp /x/y.jar demo.TradingEngine -jar z, "
        + "demo.TradingEngine",
    "java -Xmx1g -jar /opt/engine.jar --port 1, engine.jar",
    "java -p mods --add-modules jdk.jfr -m engine/engine.Main, engine/engine.Main",
    "java @arguments, java",
    "java -jar, ''",
    "/opt/trading_engine --port 1, trading_engine",
    "nginx: master process, nginx:",
    "'  ', ''"
  })
  void isWhatAnEngineerWouldSay(String command, String name) {
    assertEquals(name, ProcessName.of(command));
  }

  @Test
  void unknownIsEmpty() {
    assertEquals("", ProcessName.of(null));
  }
}
