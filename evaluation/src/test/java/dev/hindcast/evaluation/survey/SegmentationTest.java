package dev.hindcast.evaluation.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.survey.SegmentColumn.Holds;
import dev.hindcast.evaluation.survey.Segmentation.Kind;
import dev.hindcast.evaluation.survey.Segmentation.Label;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentationTest {
  private static final List<String> WARDS =
      IntStream.range(0, 30).mapToObj(i -> "ward " + i).toList();
  private static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("other", "age"),
          List.of(
              new CategoricalField("sex", List.of("f", "m")), new CategoricalField("ward", WARDS)));
  private static final SegmentColumn AGE = new SegmentColumn("age", Holds.NUMBERS, 1, List.of());
  private static final SegmentColumn SEX =
      new SegmentColumn("sex", Holds.CATEGORIES, 0, List.of("f", "m"));
  private static final SegmentColumn WARD = new SegmentColumn("ward", Holds.CATEGORIES, 1, WARDS);

  /** Two steps each; only the first one counts. */
  private static TransitionColumns log(float[] ages, int[] sexes, int[] wards) {
    var builder = new TransitionColumns.Builder(SPACE, new ActionSpace.Discrete(2), false, true);
    for (int e = 0; e < ages.length; e++) {
      builder.beginEpisode("e" + e);
      builder.addStep(
          new float[] {0, ages[e]}, new int[] {sexes[e], wards[e]}, new boolean[0], 0, 0, 0.5);
      builder.addStep(new float[] {0, 99}, new int[] {2, 30}, new boolean[0], 0, 0, 0.5);
      builder.endEpisode(true);
    }
    return builder.build();
  }

  private static Segmentation segments(TransitionColumns log, SegmentColumn... columns) {
    return new Survey(1, List.of(columns), List.of()).add(log).segments();
  }

  @Test
  void categoriesStandInOrderOfTheirNumber() {
    TransitionColumns log =
        log(new float[] {1, 2, 3, 4}, new int[] {2, 1, 2, 0}, new int[] {1, 1, 1, 1});
    Segmentation segments = segments(log, SEX);
    assertThat(segments.labels())
        .containsExactly(
            new Label("sex", "m", Kind.CATEGORY),
            new Label("sex", "not in the dictionary", Kind.UNKNOWN),
            new Label("sex", "f", Kind.CATEGORY));
    assertThat(segments.of(log, 0)).containsExactly(0);
    assertThat(segments.of(log, 1)).containsExactly(2);
    assertThat(segments.of(log, 3)).containsExactly(1);
  }

  @Test
  void rareCategoriesAreTogether() {
    int[] wards =
        IntStream.rangeClosed(1, 30).flatMap(w -> IntStream.range(0, w).map(i -> w)).toArray();
    TransitionColumns log = log(new float[wards.length], new int[wards.length], wards);
    Segmentation segments = segments(log, WARD);
    assertThat(segments.labels()).hasSize(Segmentation.MOST);
    assertThat(segments.labels().get(0).name()).isEqualTo("ward 29");
    assertThat(segments.labels().get(Segmentation.MOST - 1))
        .isEqualTo(new Label("ward", "11 others together", Kind.OTHER));
    long others =
        IntStream.range(0, wards.length)
            .filter(e -> segments.of(log, e)[0] == Segmentation.MOST - 1)
            .count();
    assertThat(others).isEqualTo(66); // 1 + 2 + ... + 11
  }

  @Test
  void numbersAreCutAtQuartiles() {
    float[] ages = new float[101];
    for (int e = 0; e < 100; e++) {
      ages[e] = e;
    }
    ages[100] = Float.NaN;
    TransitionColumns log = log(ages, new int[101], new int[101]);
    Segmentation segments = segments(log, AGE, SEX);
    assertThat(segments.labels().stream().map(Label::name))
        .startsWith("up to 25", "over 25 up to 50", "over 50 up to 75", "over 75", "no number");
    assertThat(segments.of(log, 25)).containsExactly(0, 5);
    assertThat(segments.of(log, 26)).containsExactly(1, 5);
    assertThat(segments.of(log, 99)).containsExactly(3, 5);
    assertThat(segments.of(log, 100)).containsExactly(4, 5);
  }

  @Test
  void flagsHaveTwoParts() {
    TransitionColumns log = log(new float[] {0, 1, 0, 0, 1}, new int[5], new int[5]);
    assertThat(segments(log, AGE).labels().stream().map(Label::name))
        .containsExactly("up to 0", "over 0", "no number");
    TransitionColumns same = log(new float[] {3, 3}, new int[2], new int[2]);
    assertThat(segments(same, AGE).labels().stream().map(Label::name))
        .containsExactly("any number", "no number");
  }
}
