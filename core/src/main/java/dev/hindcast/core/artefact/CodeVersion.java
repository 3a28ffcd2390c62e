package dev.hindcast.core.artefact;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which build of Hindcast made something.
 *
 * @param version the release, such as 0.1.0
 * @param commit the abbreviated commit, with {@code -dirty} when the tree had changes, or {@code
 *     unknown} outside a checkout
 */
public record CodeVersion(String version, String commit) implements Serializable {
  /** The running build. */
  public static CodeVersion current() {
    return Holder.CURRENT;
  }

  private static final class Holder {
    static final CodeVersion CURRENT = read();

    private static CodeVersion read() {
      try (InputStream stream =
          CodeVersion.class.getResourceAsStream("/dev/hindcast/build.properties")) {
        Properties properties = new Properties();
        if (stream != null) {
          properties.load(stream);
        }
        String commit = properties.getProperty("git.commit.id.describe", "unknown");
        return new CodeVersion(
            properties.getProperty("version", "unknown"),
            commit.startsWith("$") || commit.isBlank() ? "unknown" : commit);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the build's own version.", e);
      }
    }
  }
}
