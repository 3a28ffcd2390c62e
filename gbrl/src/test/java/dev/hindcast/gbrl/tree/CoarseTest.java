package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.training.learner.AllRows;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CoarseTest {
  private static final int BINS = 4; // so at most 32 values
  private static final Features X =
      new Features(List.of(new Features.Numeric("x"), new Features.Categorical("c", List.of())));

  @Test
  void fewValuesStayAsTheyAre() {
    float[] values = new float[400];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2 == 0 ? (i / 2 % 32) * 0.37f - 5 : i;
    }
    assertThat(coarse(values)).isSameAs(values);
    values[0] = 100; // the 33rd
    assertThat(coarse(values)).isNotSameAs(values);
  }

  @Test
  void manyValuesBecomeTheLowerEndsOfIntervalsWithAboutEquallyManyRows() {
    float[] values = wild(20_000);
    float[] coarse = coarse(values);
    TreeMap<Float, Integer> rows = new TreeMap<>();
    for (int i = 0; i < values.length; i += 2) {
      if (Float.isNaN(values[i])) {
        assertThat(coarse[i]).isNaN();
      } else {
        assertThat(coarse[i]).isLessThanOrEqualTo(values[i] + 0f);
        rows.merge(coarse[i], 1, Integer::sum);
      }
      assertThat(coarse[i + 1]).isEqualTo(values[i + 1]);
    }
    assertThat(rows).hasSizeBetween(11, 32); // ties take the place of several
    for (int i = 0; i < values.length; i += 2) {
      Map.Entry<Float, Integer> above = rows.higherEntry(coarse[i]);
      assertThat(above == null || Float.isNaN(values[i]) || values[i] < above.getKey()).isTrue();
    }
    int present = rows.values().stream().mapToInt(n -> n).sum();
    rows.forEach(
        (end, n) -> {
          if (end != 7 && end != 0) { // which have many rows each
            assertThat(n).isLessThanOrEqualTo((present + 15) / 16);
          }
        });
    assertThat(rows.get(7f)).isGreaterThan(present / 4);
  }

  @Test
  void dividedRowsAreRoundedAlike() throws Exception {
    float[] values = wild(3000);
    float[] whole = coarse(values);
    int[] cuts = {0, 2, 4000, 6000};
    List<float[]> parts =
        Together.members(
            3,
            gathering -> {
              int member = gathering.member();
              float[] mine = Arrays.copyOfRange(values, cuts[member], cuts[member + 1]);
              return Coarse.of(X, mine, BINS, AllRows.of(gathering, mine.length / 2));
            });
    for (int member = 0; member < 3; member++) {
      assertThat(parts.get(member))
          .isEqualTo(Arrays.copyOfRange(whole, cuts[member], cuts[member + 1]));
    }
  }

  @Test
  void valuesAreCountedOverAllMembers() throws Exception {
    // 20 values here and 20 others there: too many together
    List<float[]> parts =
        Together.members(
            2,
            gathering -> {
              float[] mine = new float[200];
              for (int i = 0; i < mine.length; i++) {
                mine[i] = i / 2 % 20 + 20 * gathering.member() + 0.5f;
              }
              float[] coarse = Coarse.of(X, mine, BINS, AllRows.of(gathering, 100));
              assertThat(coarse).isNotSameAs(mine);
              return coarse;
            });
    assertThat(parts).hasSize(2);
  }

  private static float[] coarse(float[] values) {
    return Coarse.of(X, values, BINS, AllRows.here(values.length / 2));
  }

  /** Both zeros, both signs, tiny and enormous numbers, ties, and missing ones; beside codes. */
  private static float[] wild(int rows) {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[2 * rows];
    for (int i = 0; i < rows; i++) {
      values[2 * i] =
          switch (random.nextInt(9)) {
            case 0, 1, 2 -> 7;
            case 3 -> Float.NaN;
            case 4 -> i % 2 == 0 ? -0f : 0f;
            case 5 -> (float) (random.nextGaussian() * 1e-30);
            case 6 -> (float) (random.nextGaussian() * 1e30);
            default -> (float) random.nextGaussian();
          };
      values[2 * i + 1] = i % 100;
    }
    return values;
  }
}
