import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import latencyscope.jfr.schema.EventFields;

/** Writes the state of a page with tables. */
final class PageWriter {
  private static final String MORE =
      ": events above their thresholds only; the rule has exact counts";
  private static final String DURATION = EventFields.KERNEL_DURATION.name() + ":timespan";
  private static final String SUM = "SUM" + DURATION;

  private final Xml xml;
  private final PageSpec page;
  private final PageSpec.Layout layout;

  PageWriter(Xml xml, PageSpec page) {
    this.xml = xml;
    this.page = page;
    layout = page.layout();
  }

  void write(List<String> types, List<String> topics, List<PageSpec.Column> columns)
      throws IOException {
    boolean ofThreads = layout.groupBy() != null;
    xml.open(
        "state",
        "name",
        page.name(),
        "description",
        ofThreads ? page.description() + MORE : page.description(),
        "icon",
        page.icon().base64(),
        "showFilter",
        "false");
    filter(types);
    topics.forEach(topic -> xml.empty("topic", "value", topic));
    if (ofThreads) {
      histogram();
    }
    list(columns);
    xml.close("state");
  }

  private void filter(List<String> types) {
    if (types.size() == 1) {
      xml.empty("pageFilter", "kind", "TYPE", "type", types.get(0));
      return;
    }
    xml.open("pageFilter", "kind", "OR");
    types.forEach(type -> xml.empty("filter", "kind", "TYPE", "type", type));
    xml.close("pageFilter");
  }

  private void histogram() {
    xml.open("histogram", "groupBy", layout.groupBy());
    xml.open("table", "sortColumn", SUM);
    column("itemhistogram.key", 250, SUM, false);
    column("itemhistogram.count", 90, SUM, false);
    column("AVG" + DURATION, 130, SUM, false);
    column("MAX" + DURATION, 130, SUM, false);
    column(SUM, 130, SUM, false);
    xml.close("table");
    xml.close("histogram");
  }

  private void list(List<PageSpec.Column> columns) {
    xml.open("listAndChart");
    xml.open("listSettings", "sortColumn", layout.sort());
    List<PageSpec.Column> all = new ArrayList<>(layout.head());
    all.addAll(columns);
    all.forEach(c -> column(c.id(), c.width(), layout.sort(), layout.ascending()));
    xml.close("listSettings");
    xml.close("listAndChart");
  }

  private void column(String id, int width, String sort, boolean ascending) {
    List<String> attributes =
        new ArrayList<>(List.of("id", id, "hidden", "false", "width", Integer.toString(width)));
    if (id.equals(sort)) {
      attributes.addAll(List.of("sortAscending", Boolean.toString(ascending)));
    }
    xml.empty("column", attributes.toArray(String[]::new));
  }
}
