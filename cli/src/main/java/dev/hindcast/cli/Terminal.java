package dev.hindcast.cli;

import java.io.PrintWriter;

/**
 * Where words go: results to standard output, progress to standard error. On a terminal a progress
 * line replaces the one before it; elsewhere each is a line of its own.
 */
final class Terminal {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean live;
  private int shown;

  Terminal(PrintWriter out, PrintWriter err, boolean live) {
    this.out = out;
    this.err = err;
    this.live = live;
  }

  /** A result, for standard output. */
  synchronized void result(String text) {
    clear();
    out.print(text.endsWith("\n") ? text : text + "\n");
    out.flush();
  }

  /** A step begun or ended: stays visible. */
  synchronized void step(String text) {
    clear();
    err.println(text);
    err.flush();
  }

  /** How far something has come: the next line may replace it, unless it is a warning. */
  synchronized void progress(String text) {
    if (!live || text.startsWith("warning:")) {
      clear();
      err.println("  " + text);
      err.flush();
      return;
    }
    String line = text.length() > 118 ? text.substring(0, 117) + "…" : text;
    err.print("\r  " + line + " ".repeat(Math.max(0, shown - line.length())));
    err.flush();
    shown = line.length();
  }

  private void clear() {
    if (live && shown > 0) {
      err.print("\r" + " ".repeat(shown + 2) + "\r");
      err.flush(); // standard output may share the line
      shown = 0;
    }
  }
}
