package latencyscope.truth.account;

import java.util.Arrays;
import java.util.List;

/**
 * What a program knows of one kind of system call that one of its threads made.
 *
 * @param thread name of the thread
 * @param osThreadId its id
 * @param call the kernel's name of the call
 * @param calls how often it was made
 * @param blocked around how many of them the kernel's count of voluntary switches rose
 * @param blockedNs how long each of those took, by the thread's own clock
 */
public record CallAccount(
    String thread, long osThreadId, String call, long calls, long blocked, List<Long> blockedNs) {

  /** Reads the lines {@code account THREAD TID CALL CALLS BLOCKED NS,NS,…}. */
  public static List<CallAccount> read(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("account "))
        .map(line -> line.split(" "))
        .map(w ->
            new CallAccount(
                w[1],
                Long.parseLong(w[2]),
                w[3],
                Long.parseLong(w[4]),
                Long.parseLong(w[5]),
                w.length < 7
                    ? List.of()
                    : Arrays.stream(w[6].split(",")).map(Long::valueOf).toList()))
        .toList();
  }
}
