import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.function.Consumer;
import javax.imageio.ImageIO;

/** The icons of the pages, drawn: {@code pages.xml} carries them as text. */
enum PageIcon {
  /** A clock. */
  ALL(g -> {
    g.drawOval(2, 2, 11, 11);
    g.drawLine(7, 5, 7, 8);
    g.drawLine(7, 8, 10, 8);
  }),
  /** A CPU with its pins. */
  ISOLATION(g -> {
    g.drawRect(4, 4, 7, 7);
    for (int i = 5; i <= 10; i += 5) {
      g.drawLine(i, 1, i, 3);
      g.drawLine(i, 12, i, 14);
      g.drawLine(1, i, 3, i);
      g.drawLine(12, i, 14, i);
    }
  }),
  /** A bar in parts. */
  SHARES(g -> {
    g.drawRect(1, 5, 13, 5);
    g.fillRect(1, 5, 4, 6);
    g.fillRect(9, 5, 3, 6);
  }),
  /** A CPU that a thread has left. */
  OFF_CPU(g -> {
    g.drawRect(1, 5, 6, 6);
    g.drawLine(9, 8, 12, 8);
    g.fill(new Polygon(new int[] {11, 15, 11}, new int[] {4, 8, 12}, 3));
  }),
  /** A bolt. */
  IRQ(g -> g.fill(new Polygon(new int[] {9, 3, 7, 5, 12, 8}, new int[] {1, 9, 9, 15, 6, 6}, 6))),
  /** A page with its corner turned down. */
  MEMORY(g -> {
    g.draw(new Polygon(new int[] {3, 9, 12, 12, 3}, new int[] {1, 1, 4, 14, 14}, 5));
    g.drawLine(5, 7, 10, 7);
    g.drawLine(5, 10, 10, 10);
  }),
  /** An hourglass. */
  SYSCALL(g -> {
    g.drawLine(3, 1, 12, 1);
    g.drawLine(3, 14, 12, 14);
    g.draw(new Polygon(new int[] {4, 11, 4, 11}, new int[] {2, 2, 13, 13}, 4));
  }),
  /** Packets coming in. */
  NETWORK(g -> {
    g.drawRect(8, 2, 6, 4);
    g.drawRect(8, 9, 6, 4);
    g.drawLine(1, 4, 6, 4);
    g.drawLine(1, 11, 6, 11);
    g.fill(new Polygon(new int[] {4, 7, 4}, new int[] {1, 4, 7}, 3));
    g.fill(new Polygon(new int[] {4, 7, 4}, new int[] {8, 11, 14}, 3));
  }),
  /** A pause. */
  JVM(g -> {
    g.fillRect(3, 2, 4, 12);
    g.fillRect(9, 2, 4, 12);
  }),
  /** A needle on a scale. */
  CAPTURE(g -> {
    g.drawArc(1, 3, 13, 13, 0, 180);
    g.drawLine(7, 10, 11, 5);
    g.drawLine(1, 11, 14, 11);
  }),
  /** A process and what it has started. */
  TASKS(g -> {
    g.fillRect(1, 1, 5, 4);
    g.drawLine(3, 5, 3, 13);
    g.drawLine(3, 8, 7, 8);
    g.drawLine(3, 13, 7, 13);
    g.drawRect(8, 6, 6, 3);
    g.drawRect(8, 11, 6, 3);
  }),
  /** Bars. */
  MEASURES(g -> {
    g.drawLine(1, 14, 14, 14);
    g.fillRect(2, 8, 3, 6);
    g.fillRect(6, 3, 3, 11);
    g.fillRect(10, 6, 3, 8);
  });

  private static final int SIZE = 16;
  private static final Color INK = new Color(0x2B, 0x57, 0x9A);

  private final Consumer<Graphics2D> drawing;

  PageIcon(Consumer<Graphics2D> drawing) {
    this.drawing = drawing;
  }

  BufferedImage image() {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
    graphics.setColor(INK);
    graphics.setStroke(new BasicStroke(1));
    drawing.accept(graphics);
    graphics.dispose();
    return image;
  }

  /** As {@code pages.xml} has it. */
  String base64() throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image(), "png", png);
    return Base64.getEncoder().encodeToString(png.toByteArray());
  }
}
