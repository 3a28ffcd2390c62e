package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TreeSpeedMainTest {
  @Test
  void fitsAreTimedAndTheirTreesCounted() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TreeSpeedMain.answer(
        new BufferedReader(new StringReader("2\n3\n")),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        2000);
    List<String> answers = Arrays.asList(out.toString(StandardCharsets.UTF_8).strip().split("\n"));

    assertThat(answers).hasSize(3).first().isEqualTo("ready");
    // Q, V and ten actions
    assertThat(answers.get(1)).startsWith("24 ");
    assertThat(answers.get(2)).startsWith("36 ");
    assertThat(answers.get(2)).matches("36 [0-9.E-]+ [0-9.E-]+");
  }

  @Test
  void rowsHaveToBeNamed() {
    assertThatThrownBy(() -> TreeSpeedMain.main(new String[0]))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot measure: name the number of rows.");
  }
}
