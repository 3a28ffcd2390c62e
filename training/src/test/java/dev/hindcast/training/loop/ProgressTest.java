package dev.hindcast.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.training.learner.Losses;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void saysHowFarHowFastHowLongAndHowItGoes() {
    assertThat(line(Map.of("critic_loss", 0.02134, "value", 0.714, "capped_weights", 0.5)))
        .isEqualTo("4,000 of 20,000 updates, 512/s, 31 s left, value 0.714, critic loss 0.0213");
  }

  @Test
  void whatMakesTheLineTooLongIsLeftOutLossesFirst() {
    String line =
        line(
            Map.of(
                "critic_loss",
                0.1,
                "policy_loss",
                -2.0,
                "q_mean",
                1.0,
                "q_max_absolute",
                123456.0));
    assertThat(line)
        .startsWith("4,000 of 20,000 updates, 512/s, 31 s left, q max absolute 1.23e+05, q mean")
        .hasSizeLessThanOrEqualTo(80);
  }

  private static String line(Map<String, Double> figures) {
    return new Progress(4_000, 20_000, 512.3, Losses.of(figures), Duration.ofSeconds(31)).inWords();
  }
}
