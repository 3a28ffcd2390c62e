package dev.hindcast.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/** The command line, called in this process, with what it printed. */
record Hindcast(int exitCode, String out, String err) {
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  static final Path EXAMPLES = ROOT.resolve("examples");

  static Hindcast run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts =
        java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    System.setProperty("hindcast.home", ROOT.toString());
    int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), texts);
    return new Hindcast(exitCode, out.toString(), err.toString());
  }
}
