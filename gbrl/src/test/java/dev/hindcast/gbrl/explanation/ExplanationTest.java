package dev.hindcast.gbrl.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.gbrl.tree.Ensemble;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.gbrl.tree.Output;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three actions: the first gains with severity and loses with dose, the second gains on ward b, the
 * third and noise do nothing.
 */
class ExplanationTest {
  private static final int ROWS = 2000;
  private static final Features FEATURES =
      new Features(
          List.of(
              new Features.Numeric("severity"),
              new Features.Numeric("dose"),
              new Features.Numeric("noise"),
              new Features.Categorical("ward", List.of("any other value", "a", "b"))));
  private static Ensemble ensemble;
  private static float[] values;

  @BeforeAll
  static void grow() {
    SplittableRandom random = new SplittableRandom(1);
    values = new float[4 * ROWS];
    float[] wanted = new float[3 * ROWS];
    for (int i = 0; i < ROWS; i++) {
      values[4 * i] = random.nextInt(10) == 0 ? Float.NaN : random.nextInt(20);
      values[4 * i + 1] = random.nextInt(8);
      values[4 * i + 2] = (float) random.nextGaussian();
      values[4 * i + 3] = 1 + random.nextInt(2);
      float severity = Float.isNaN(values[4 * i]) ? 10 : values[4 * i];
      wanted[3 * i] = severity - 0.5f * values[4 * i + 1];
      wanted[3 * i + 1] = values[4 * i + 3] == 2 ? 6 : 0;
    }
    ensemble = Ensemble.empty(FEATURES, Output.numbered("action", 3), Growth.DEFAULT, 0, 1);
    try (FeatureMatrix matrix = FeatureMatrix.of(FEATURES, values)) {
      for (int round = 0; round < 60; round++) {
        float[] gradient = ensemble.margins(matrix);
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] -= wanted[i];
        }
        ensemble.boost(matrix, gradient);
      }
    }
  }

  @AfterAll
  static void close() {
    ensemble.close();
  }

  @Test
  void driversComeByTheirSizeAndSayWhichWayTheyMove() {
    List<Driver> drivers = Explanation.of(ensemble, values, Contrast.ofOutput(0, 3)).drivers();
    assertThat(drivers.get(0).feature()).isEqualTo("severity");
    assertThat(drivers.get(0).direction()).isEqualTo(Driver.Direction.RISES);
    assertThat(drivers.get(0).size()).isCloseTo(4.5, within(0.4)); // 9/10 of the mean |u - 9.5|
    assertThat(drivers.get(1).feature()).isEqualTo("dose");
    assertThat(drivers.get(1).direction()).isEqualTo(Driver.Direction.FALLS);
    assertThat(drivers.get(1).size()).isCloseTo(1, within(0.1)); // half of the mean |u - 3.5|
    assertThat(drivers.get(2).size()).isLessThan(0.1);
    assertThat(drivers)
        .contains(
            new Driver(
                "ward",
                drivers.stream()
                    .filter(driver -> driver.feature().equals("ward"))
                    .findFirst()
                    .orElseThrow()
                    .size(),
                Driver.Direction.UNORDERED));
  }

  @Test
  void reasonsSpeakInTheWordsOfTheLog() {
    float[] rows = {19, 7, 0, 2, Float.NaN, 0, 0, 1};
    Explanation explanation = Explanation.of(ensemble, rows, Contrast.ofOutput(0, 3));
    List<Reason> reasons = explanation.reasons(0, 2);
    assertThat(reasons).extracting(Reason::feature).containsExactly("severity", "dose");
    assertThat(reasons.get(0).contribution()).isCloseTo(9.5, within(0.7));
    assertThat(reasons.get(0).inWords()).matches("severity = 19 raises it by 9\\.\\d");
    assertThat(reasons.get(1).inWords()).matches("dose = 7 lowers it by 1\\.\\d");
    assertThat(explanation.reasons(1, 4)).extracting(Reason::value).contains("missing", "a");
  }

  @Test
  void choiceIsExplainedAgainstAllActions() {
    // On ward b the second action has 6 and the first its own: of the ward's 3 above the mean of
    // both wards, two thirds count for the second action and one third against the others.
    float[] rows = {10, 4, 0, 2};
    Explanation second = Explanation.of(ensemble, rows, Contrast.ofChoice(1, 3));
    Explanation third = Explanation.of(ensemble, rows, Contrast.ofChoice(2, 3));
    assertThat(second.reasons(0, 1).get(0).inWords()).startsWith("ward = b raises it by ");
    assertThat(second.contribution(0, 3)).isCloseTo(2, within(0.15));
    assertThat(third.contribution(0, 3)).isCloseTo(-1, within(0.15));
  }

  @Test
  void contributionsAndTheMeanAddUp() {
    float[] margins = ensemble.margins(values);
    Explanation explanation = Explanation.of(ensemble, values, Contrast.ofChoice(0, 3));
    for (int row = 0; row < 100; row++) {
      double sum = explanation.mean(row);
      for (int feature = 0; feature < 4; feature++) {
        sum += explanation.contribution(row, feature);
      }
      double mean = (margins[3 * row] + margins[3 * row + 1] + margins[3 * row + 2]) / 3.0;
      assertThat(sum).isCloseTo(margins[3 * row] - mean, within(1e-4));
    }
  }

  @Test
  void contrastOfOtherOutputsIsRefused() {
    assertThatThrownBy(() -> Explanation.of(ensemble, values, Contrast.ofTheOnly()))
        .hasMessage("1 weights do not fit 3 outputs.");
  }
}
