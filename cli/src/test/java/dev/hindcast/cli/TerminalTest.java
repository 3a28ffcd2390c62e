package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Terminal terminal(boolean live) {
    return new Terminal(new PrintWriter(out), new PrintWriter(err), live);
  }

  @Test
  void resultsAndProgressGoToStreamsOfTheirOwn() {
    Terminal terminal = terminal(false);
    terminal.progress("100 of 200");
    terminal.step("2/4 Train");
    terminal.result("done");
    assertThat(out).hasToString("done\n");
    assertThat(err.toString().lines()).containsExactly("  100 of 200", "2/4 Train");
  }

  @Test
  void progressReplacesItselfOnATerminalAndIsWipedBeforeAResult() {
    Terminal terminal = terminal(true);
    terminal.progress("100 of 200");
    terminal.progress("7 left");
    terminal.result("done");
    assertThat(err).hasToString("\r  100 of 200\r  7 left    \r        \r");
    assertThat(out).hasToString("done\n");
  }

  @Test
  void warningsStay() {
    Terminal terminal = terminal(true);
    terminal.progress("reading");
    terminal.progress("warning: every reward is 0.0");
    terminal.progress("writing");
    assertThat(err.toString()).contains("  warning: every reward is 0.0" + System.lineSeparator());
  }
}
