package latencyscope.diff;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/**
 * A report in its JSON form.
 *
 * @param file file that it is from, or that it was made of
 * @param json the report
 */
public record ReportFile(Path file, JsonNode json) {}
