package dev.hindcast.evaluation.report;

import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What every page is made of: styles, scripts, data, and what a browser is allowed to run. */
final class PageParts {
  private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

  private PageParts() {}

  static String css() {
    return resource("report.css");
  }

  /** What charts share, and then the page's own. */
  static String script(String name) {
    return resource("charts.js") + resource(name);
  }

  static String echarts() {
    return resource(ECHARTS);
  }

  /** A value as JSON that can stand inside a script element, whatever names it holds. */
  static String data(Object value) {
    return CanonicalJson.line(value)
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /** Nothing may be fetched, and no script may run but the chart library and this one. */
  static String contentSecurityPolicy(String script) {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:;"
        + " style-src 'unsafe-inline'; script-src "
        + hash(echarts())
        + " "
        + hash(script);
  }

  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  private static String resource(String name) {
    try (InputStream stream = PageParts.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The build lacks the pages' resource " + name + ".");
      }
      // Browsers hash scripts with line feeds only.
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the pages' resource " + name + ".", e);
    }
  }
}
