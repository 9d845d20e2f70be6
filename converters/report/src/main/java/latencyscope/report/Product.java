package latencyscope.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Name and version of this program, as the build wrote them. */
public final class Product {
  /** The name. */
  public static final String NAME = "LatencyScope";

  private static final String VERSION = read();

  private Product() {}

  /** The version, such as {@code 0.2.0}. */
  public static String version() {
    return VERSION;
  }

  private static String read() {
    try (InputStream in = Product.class.getResourceAsStream("product.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
