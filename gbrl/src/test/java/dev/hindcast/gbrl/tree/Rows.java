package dev.hindcast.gbrl.tree;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Mixed rows with a pattern in them: numbers, of which one in ten is missing, and two categories.
 */
final class Rows {
  static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("age", "weight", "noise"),
          List.of(
              new ObservationSpace.CategoricalField(
                  "ward", List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")),
              new ObservationSpace.CategoricalField("sex", List.of("f", "m"))));
  static final Features FEATURES = Features.of(SPACE);

  private Rows() {}

  /** So many decisions. */
  static Decisions decisions(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numeric = new float[3 * count];
    int[] categories = new int[2 * count];
    for (int i = 0; i < numeric.length; i++) {
      numeric[i] = random.nextInt(10) == 0 ? Float.NaN : (float) random.nextGaussian();
    }
    for (int i = 0; i < count; i++) {
      categories[2 * i] = random.nextInt(11);
      categories[2 * i + 1] = 1 + random.nextInt(2);
    }
    return new Decisions(
        count, numeric, categories, new boolean[0], new String[count], new int[count]);
  }

  /** (count, features). */
  static float[] values(int count, long seed) {
    return FEATURES.rows(decisions(count, seed));
  }

  /**
   * (count, 3): the gradient at zero outputs of half the squared distance to a target for each of
   * three outputs, which depend on a number, on a category, and on both.
   */
  static float[] gradient(float[] values) {
    float[] gradient = new float[values.length / FEATURES.width() * 3];
    for (int i = 0; i < gradient.length / 3; i++) {
      float age = values[i * 5];
      int ward = (int) values[i * 5 + 3];
      float byAge = Float.isNaN(age) ? 0.5f : age > 0.3 ? 2 : -1;
      float byWard = ward % 3 == 0 ? 1 : -0.5f;
      gradient[3 * i] = -byAge;
      gradient[3 * i + 1] = -byWard;
      gradient[3 * i + 2] = -byAge * byWard;
    }
    return gradient;
  }
}
