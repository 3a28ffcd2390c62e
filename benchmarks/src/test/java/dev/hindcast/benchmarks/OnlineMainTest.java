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

class OnlineMainTest {
  @Test
  void rowTellsWhatWasLivedAndLearned() {
    List<String> cells = cells(OnlineMain.row(OnlineTask.named("cartpole"), 3000, 1));

    assertThat(cells.subList(0, 4)).containsExactly("cartpole", "1", "no", "3072");
    assertThat(Double.parseDouble(cells.get(5).split(" ", -1)[0])).isBetween(15.0, 100.0);
    assertThat(cells.get(8)).as("16 rounds in each of 3 iterations").isEqualTo("48");
    assertThat(cells.get(9)).as("far from too large").isEqualTo("0");
  }

  private static List<String> cells(String row) {
    return Arrays.stream(row.split("\\|", -1)).skip(1).map(String::strip).toList();
  }

  @Test
  void moreUpdatesOfATaskTakeLonger() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnlineSpeedMain.answer(
        new BufferedReader(new StringReader("cartpole 16\ncartpole 16\ncartpole 320\n")),
        new PrintStream(out, true, StandardCharsets.UTF_8));
    List<String> answers = out.toString(StandardCharsets.UTF_8).lines().toList();

    assertThat(answers.get(0)).isEqualTo("cartpole acrobot");
    assertThat(Double.parseDouble(answers.get(3)))
        .isGreaterThan(2 * Double.parseDouble(answers.get(2)));
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> OnlineTask.named("mars"))
        .isInstanceOf(UserError.class)
        .hasMessage("There is no task \"mars\". Name one of: cartpole, acrobot.");
  }
}
