package latencyscope.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Name and version of this program, and of a library whose files it reads, as the build wrote them.
 */
public final class Product {
  /** The name. */
  public static final String NAME = "LatencyScope";

  private static final Properties PROPERTIES = read();

  private Product() {}

  /** The version, such as {@code 0.2.0}. */
  public static String version() {
    return PROPERTIES.getProperty("version");
  }

  /** The version of uPlot, which is a part of the path of its files. */
  public static String uplotVersion() {
    return PROPERTIES.getProperty("uplot.version");
  }

  private static Properties read() {
    try (InputStream in = Product.class.getResourceAsStream("product.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
