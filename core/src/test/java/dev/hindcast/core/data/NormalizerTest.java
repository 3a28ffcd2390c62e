package dev.hindcast.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NormalizerTest {
  private static TransitionColumns steps(int seed, int rows) {
    SplittableRandom random = new SplittableRandom(seed);
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(2), new ActionSpace.Discrete(2), false, false);
    for (int i = 0; i < rows; i++) {
      float[] seen = {(float) (1e4 + random.nextGaussian() * seed), (float) random.nextDouble()};
      builder
          .beginEpisode("e" + seed + "-" + i)
          .addStep(seen, new int[0], new boolean[0], 0, 0, 1)
          .endEpisode(true);
    }
    return builder.build();
  }

  @Test
  void momentsOfPartsMergeToThoseOfTheWhole() {
    TransitionColumns small = steps(3, 7);
    TransitionColumns large = steps(5, 40);
    double[] sums = new double[4];
    for (TransitionColumns part : new TransitionColumns[] {small, large}) {
      for (int i = 0; i < part.numeric().length; i++) {
        sums[i % 2] += part.numeric()[i] / 47.0;
        sums[2 + i % 2] += (double) part.numeric()[i] * part.numeric()[i] / 47.0;
      }
    }
    Normalizer merged =
        Normalizer.Moments.of(small).merge(Normalizer.Moments.of(large)).normalizer();
    for (int j = 0; j < 2; j++) {
      double deviation = Math.sqrt(sums[2 + j] - sums[j] * sums[j]);
      assertThat((double) merged.mean()[j]).isCloseTo(sums[j], within(1e-3));
      assertThat((double) merged.scale()[j]).isCloseTo(deviation + 1e-3, within(1e-4));
    }
  }

  @Test
  void missingNumbersCountAsTheMean() {
    TransitionColumns known = steps(3, 20);
    TransitionColumns.Builder some =
        new TransitionColumns.Builder(known.observationSpace(), known.actionSpace(), false, false);
    for (int row = 0; row < 40; row++) {
      float[] seen = {known.numeric()[row / 2 * 2], known.numeric()[row / 2 * 2 + 1]};
      seen[0] = row % 2 == 0 ? seen[0] : Float.NaN;
      some.beginEpisode("e" + row).addStep(seen, new int[0], new boolean[0], 0, 0, 1);
      some.endEpisode(true);
    }
    Normalizer normalizer = Normalizer.fit(some.build());
    assertThat(normalizer.mean()[0]).isEqualTo(Normalizer.fit(known).mean()[0]);
    assertThat(normalizer.scale()[0]).isEqualTo(Normalizer.fit(known).scale()[0]);
    assertThat(normalizer.apply(new float[] {Float.NaN, normalizer.mean()[1]})).containsOnly(0);
    Normalizer.Moments none = Normalizer.Moments.of(empty());
    assertThat(none.normalizer().apply(new float[] {Float.NaN, 1})).containsExactly(0, 0);
    assertThat(none.merge(Normalizer.Moments.of(known)).normalizer().mean()[0])
        .isEqualTo(normalizer.mean()[0]);
    assertThat(Normalizer.Moments.of(known).merge(none).normalizer().scale()[0])
        .isEqualTo(normalizer.scale()[0]);
  }

  /** Steps of which the first number is never known and the second always 1. */
  private static TransitionColumns empty() {
    return new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(2), new ActionSpace.Discrete(2), false, false)
        .beginEpisode("e")
        .addStep(new float[] {Float.NaN, 1}, new int[0], new boolean[0], 0, 0, 1)
        .endEpisode(true)
        .build();
  }

  @Test
  void nothingAddsNothingAndOnePartIsTheWholeBitForBit() {
    TransitionColumns part = steps(2, 9);
    Normalizer.Moments moments = Normalizer.Moments.of(part);
    Normalizer.Moments none = Normalizer.Moments.of(steps(1, 0));
    assertThat(moments.normalizer()).isEqualTo(Normalizer.fit(part));
    assertThat(none.merge(moments).normalizer()).isEqualTo(Normalizer.fit(part));
    assertThat(moments.merge(none).normalizer()).isEqualTo(Normalizer.fit(part));
  }
}
