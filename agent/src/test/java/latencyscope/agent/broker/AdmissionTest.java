package latencyscope.agent.broker;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {
  private static final int USER = 4711;
  private static final int GROUP = 4712;
  private static final Peer ELSEWHERE = new Peer(0, USER, GROUP);

  @Test
  void withoutNamesEverybodyIsLetIn() {
    assertDoesNotThrow(() -> new Admission(Set.of(), Set.of()).check(ELSEWHERE));
  }

  @Test
  void namedUsersAndGroupsAreLetInAndOthersAreNot() {
    assertDoesNotThrow(() -> new Admission(Set.of(USER), Set.of()).check(ELSEWHERE));
    assertDoesNotThrow(() -> new Admission(Set.of(1), Set.of(GROUP)).check(ELSEWHERE));
    assertDoesNotThrow(() -> new Admission(Set.of(1), Set.of()).check(new Peer(0, 0, 0)));
    RefusedException refused =
        assertThrows(
            RefusedException.class, () -> new Admission(Set.of(1), Set.of(USER)).check(ELSEWHERE));
    assertEquals(
        "this broker does not serve user 4711; ask the administrator for: latencyscope broker"
            + " --allow-user 4711",
        refused.getMessage());
  }

  @Test
  void supplementaryGroupsAreThoseOfTheUsersProcess(@TempDir Path process) throws Exception {
    Files.writeString(
        process.resolve("status"),
        "Name:\tjava\nUid:\t1\t4711\t4711\t4711\nGid:\t7\t7\t7\t7\nGroups:\t4 24 4294967294 \n");
    assertEquals(List.of(4, 24, -2), Admission.supplementary(process, USER));
    assertEquals(List.of(), Admission.supplementary(process, 1)); // only its real user
    assertEquals(List.of(), Admission.supplementary(process.resolve("ended"), USER));
  }

  @Test
  void namesAndNumbersAreLookedUp() throws Exception {
    Admission known = Admission.of(List.of("root", "0"), List.of("daemon"), Map.of());
    assertEquals(new Admission(Set.of(0), Set.of(1)), known);
    IOException unknown =
        assertThrows(
            IOException.class,
            () ->
                Admission.of(
                    List.of("no-such-user"), List.of(), Map.of("user no-such-user", "FILE:3: ")));
    assertEquals(
        "FILE:3: there is no user no-such-user on this host; name one that exists",
        unknown.getMessage());
    assertThrows(IOException.class, () -> Admission.of(List.of(), List.of("--help"), Map.of()));
  }
}
