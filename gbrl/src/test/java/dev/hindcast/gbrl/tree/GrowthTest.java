package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthTest {
  @Test
  void defaultsAreThoseOfTheLibraryAtTheRateOfLongFits() {
    assertThat(read("growth: {}")).isEqualTo(Growth.DEFAULT);
    assertThat(Growth.DEFAULT.rate()).isEqualTo(0.1);
    assertThat(Growth.DEFAULT.depth()).isEqualTo(6);
    assertThat(Growth.DEFAULT.leafPenalty()).isEqualTo(1);
    assertThat(Growth.DEFAULT.bins()).isEqualTo(256);
  }

  @Test
  void everyKeyIsRead() {
    Growth read =
        read(
            """
            growth:
              rate: 0.3
              depth: 4
              max-leaves: 9
              min-leaf-weight: 5
              min-gain: 0.5
              leaf-penalty: 2
              max-delta-step: 0.7
              bins: 64
              row-share: 0.8
              column-share: 0.6
              max-categories-to-one-hot: 7
              max-categories-per-split: 16
              increasing: [age]
              decreasing: [weight]
              interactions: [[age, weight], [ward]]
            """);
    assertThat(read)
        .isEqualTo(
            new Growth(
                0.3,
                4,
                9,
                5,
                0.5,
                2,
                0.7,
                64,
                0.8,
                0.6,
                7,
                16,
                List.of("age"),
                List.of("weight"),
                List.of(List.of("age", "weight"), List.of("ward"))));
  }

  @Test
  void everyParameterIsOneThatTheLibraryKnows() {
    Growth all =
        new Growth(
            0.3,
            4,
            9,
            5,
            0.5,
            2,
            0.7,
            64,
            0.8,
            0.6,
            7,
            16,
            List.of("age"),
            List.of("weight"),
            List.of(List.of("age", "weight")));
    assertThat(all.parameters(Rows.FEATURES))
        .containsEntry("monotone_constraints", "(1,-1,0,0,0)")
        .containsEntry("interaction_constraints", "[[0,1]]")
        .containsEntry("grow_policy", "lossguide")
        .containsEntry("max_cat_to_onehot", "7")
        .containsEntry("max_cat_threshold", "16");
  }

  @Test
  void mistakesAreNamedInWords() {
    assertThatThrownBy(() -> read("growth: {depth: 40}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("depth is 40, but must lie in [1, 20]");
    assertThatThrownBy(() -> read("growth: {row-share: 0}"))
        .hasMessageContaining("row-share is 0.0, but must lie in (0, 1]");
    assertThatThrownBy(() -> read("growth: {max-leaves: 1}"))
        .hasMessageContaining("max-leaves is 1, but must be 0 (no bound) or 2 and more");
    assertThatThrownBy(() -> read("growth: {increasing: [age], decreasing: [age]}"))
        .hasMessageContaining("Features [age] stand in increasing and in decreasing");
    assertThatThrownBy(() -> read("growth: {increasing: [agee]}").checkFits(Rows.FEATURES))
        .hasMessage(
            "Cannot grow trees: increasing names 'agee', which is no feature. Did you mean age?");
    assertThatThrownBy(() -> read("growth: {decreasing: [ward]}").checkFits(Rows.FEATURES))
        .hasMessage(
            "Cannot keep trees decreasing in 'ward': it is a categorical feature, whose values have"
                + " no order.");
    assertThatThrownBy(
            () -> read("growth: {interactions: [[age, hight]]}").checkFits(Rows.FEATURES))
        .hasMessageContaining(
            "interactions names 'hight', which is no feature. Did you mean weight?");
  }

  private static Growth read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", Path.of("."), yaml, List.of());
    Growth growth = document.root().at("growth").record(Growth.DEFAULT);
    document.finish();
    return growth;
  }
}
