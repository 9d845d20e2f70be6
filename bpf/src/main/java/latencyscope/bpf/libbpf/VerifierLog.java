package latencyscope.bpf.libbpf;

import java.util.List;
import java.util.regex.Pattern;

/** What the verifier wrote about one program. */
record VerifierLog(String program, String text) {
  // Statistics, source lines, instructions and register states: the way to the reason, not the
  // reason itself.
  private static final Pattern NARRATION =
      Pattern.compile(
          "(processed \\d+ insns|verification time|stack depth|insn_idx|;|\\d+: |from \\d+ to \\d+|"
              + "(cur|old) state:|mark_precise|func#\\d+|last_idx|regs=).*");

  /** Whether the verifier had a word on it at all. */
  boolean isEmpty() {
    return text.isBlank();
  }

  /** The last line that is no narration, which is where the verifier gives its reason, or "". */
  String reason() {
    List<String> lines = text.lines().map(String::strip).toList();
    return lines.reversed().stream()
        .filter(line -> !line.isEmpty() && !NARRATION.matcher(line).matches())
        .findFirst()
        .orElse("");
  }
}
