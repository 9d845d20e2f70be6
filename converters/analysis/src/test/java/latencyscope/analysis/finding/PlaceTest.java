package latencyscope.analysis.finding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceTest {
  private static final String ID = "3f9a0c1d2e4b" + "0123456789abcdef".repeat(4).substring(0, 52);
  private static final String POD = "0c5d7f10-1a2b-4c3d-8e9f-001122334455";

  @ParameterizedTest
  @CsvSource({
    "/system.slice/cron.service, unit cron.service",
    "/user.slice/user-1000.slice/session-3.scope, unit session-3.scope",
    "/system.slice/docker-ID.scope, container 3f9a0c1d2e4b",
    "/docker/ID, container 3f9a0c1d2e4b",
    "/machine.slice/libpod-ID.scope/container, container 3f9a0c1d2e4b",
    "/kubepods/burstable/podPOD/ID, container 3f9a0c1d2e4b of pod POD",
    "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podSLICED.slice/cri-containerd-ID.scope, container 3f9a0c1d2e4b of pod POD",
    "/kubepods.slice/kubepods-podSLICED.slice/crio-ID.scope, container 3f9a0c1d2e4b of pod POD",
    "/kubepods/besteffort/podPOD, pod POD",
    "/batch, control group /batch",
    "/../other, control group /../other"
  })
  void groupsOfEachKindAreNamed(String group, String words) {
    String path = group.replace("SLICED", POD.replace('-', '_')).replace("POD", POD);
    assertEquals(words.replace("POD", POD), Place.of(path.replace("ID", ID)).orElseThrow());
  }
}
