package latencyscope.truth.engine;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A jar of nothing but a manifest: its class path is what the modules are compiled to.
 *
 * <p>An agent must be a jar, and packing the released one takes longer than most tests. {@code
 * ./verify NAME} runs on this one; {@code ./verify} runs every test on the released one.
 */
final class ExplodedJar {
  private ExplodedJar() {}

  /** Writes it; what the manifest says is what the released jar's says. */
  static Path write(Path jar) {
    try {
      Manifest manifest = new Manifest();
      Attributes attributes = manifest.getMainAttributes();
      attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
      attributes.put(Attributes.Name.CLASS_PATH, classPath());
      addEntries(attributes, Path.of("pom.xml"));
      // Beside it and then in its place: another run may be reading it.
      Path unfinished = Files.createTempFile(jar.getParent(), "exploded", ".jar");
      try (OutputStream out = Files.newOutputStream(unfinished)) {
        new JarOutputStream(out, manifest).close();
      }
      return Files.move(unfinished, jar, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that the tests have but the tests themselves. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(entry -> !entry.endsWith("test-classes"))
        .map(entry -> entry.toUri().toString())
        .collect(Collectors.joining(" "));
  }

  /** Of the last transformer in the module's build, which writes the released jar's manifest. */
  private static void addEntries(Attributes attributes, Path pom) throws IOException {
    Document document;
    try {
      document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(pom + " cannot be read: " + e.getMessage(), e);
    }
    attributes.put(Attributes.Name.MAIN_CLASS, only(document, "mainClass").getTextContent());
    NodeList entries = only(document, "manifestEntries").getChildNodes();
    for (int i = 0; i < entries.getLength(); i++) {
      Node entry = entries.item(i);
      if (entry.getNodeType() == Node.ELEMENT_NODE && !entry.getTextContent().contains("${")) {
        attributes.putValue(entry.getNodeName(), entry.getTextContent());
      }
    }
  }

  private static Node only(Document document, String name) throws IOException {
    NodeList found = document.getElementsByTagName(name);
    if (found.getLength() != 1) {
      throw new IOException(found.getLength() + " elements " + name);
    }
    return found.item(0);
  }
}
