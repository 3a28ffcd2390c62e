package dev.hindcast.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line, called in this process, with what it printed. */
record Hindcast(int exitCode, String out, String err) {
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  static final Path EXAMPLES = ROOT.resolve("examples");

  static Hindcast run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    System.setProperty("hindcast.home", ROOT.toString());
    int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), texts);
    return new Hindcast(exitCode, out.toString(), err.toString());
  }

  /** Starts the launcher, so in a process of its own; its words come on one stream. */
  static Process launch(Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("hindcast").toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Runs the launcher to its end. */
  static Hindcast runInItsOwnProcess(Object... arguments) throws IOException, InterruptedException {
    Process process = launch(arguments);
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Hindcast(process.waitFor(), words, words);
  }
}
