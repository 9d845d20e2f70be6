package latencyscope.contract.output;

import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;

/**
 * Writes what came of a contract as the JUnit XML that CI servers read: a test for each clause.
 * What is inconclusive is skipped, or with {@code --strict} failed.
 */
public final class JunitXml {
  private static final double NANOS_PER_SECOND = 1e9;

  private JunitXml() {}

  /** The document, ended by a line break. */
  public static String of(CheckResult result, boolean strict) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuite");
      long failed = result.clauses().stream().filter(c -> isFailed(c, strict)).count();
      xml.writeAttribute("name", clean(result.contract().file()));
      xml.writeAttribute("tests", "" + result.clauses().size());
      xml.writeAttribute("failures", "" + failed);
      xml.writeAttribute("errors", "0");
      xml.writeAttribute(
          "skipped", "" + (result.clauses().size() - failed - result.count(Outcome.PASSED)));
      double seconds = result.capturedNs() / NANOS_PER_SECOND;
      xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", seconds));
      for (ClauseResult clause : result.clauses()) {
        write(xml, result, clause, strict);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeCharacters("\n");
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a text takes any XML", e);
    }
    return text.toString();
  }

  private static boolean isFailed(ClauseResult clause, boolean strict) {
    return clause.outcome() == Outcome.VIOLATED
        || strict && clause.outcome() == Outcome.INCONCLUSIVE;
  }

  private static void write(
      XMLStreamWriter xml, CheckResult result, ClauseResult clause, boolean strict)
      throws XMLStreamException {
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", clean(clause.subject()));
    xml.writeAttribute("name", clean(clause.key() + " " + clause.wanted()));
    xml.writeAttribute("file", clean(result.contract().file()));
    xml.writeAttribute("line", "" + clause.line());
    if (clause.outcome() != Outcome.PASSED) {
      xml.writeCharacters("\n    ");
      boolean failed = isFailed(clause, strict);
      xml.writeStartElement(failed ? "failure" : "skipped");
      xml.writeAttribute("message", clean(clause.outcome().word() + ": " + clause.evidence()));
      if (failed) {
        xml.writeAttribute("type", clause.outcome().word());
        xml.writeCharacters(clause.remedy() == null ? "" : clean(clause.remedy()));
      }
      xml.writeEndElement();
      xml.writeCharacters("\n  ");
    }
    xml.writeEndElement();
  }

  // XML 1.0 has no way to write most control characters, and a thread's name may hold them.
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints().map(c -> isAllowed(c) ? c : '?').forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isAllowed(int c) {
    return c == '\n'
        || c >= ' ' && c < 0x7f
        || c >= 0xa0 && c < Character.MIN_SURROGATE
        || c > Character.MAX_SURROGATE && c < 0xfffe
        || c > 0xffff;
  }
}
