package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ForestTest {
  private static final Growth PLAIN = splitting(4);

  @Test
  void outputsAreTheLibrarysBitForBit() {
    float[] odd = Rows.values(400, 2);
    for (int i = 0; i < 400; i++) {
      odd[5 * i + 3] = new float[] {0, 3, 10, 11, 500, -1, Float.NaN, 2.5f}[i % 8];
    }
    for (Growth growth : List.of(PLAIN, splitting(100))) {
      try (Ensemble ensemble = grown(growth)) {
        assertThat(ensemble.forest().margins(odd)).isEqualTo(ensemble.margins(odd));
      }
    }
  }

  @Test
  void categoryThatTrainingNeverSawGoesWithThoseNotSingledOut() {
    // Training knows the wards 1 to 10; 4 alone is worth 8.
    float[] values = new float[1000];
    float[] gradient = new float[1000];
    for (int i = 0; i < 1000; i++) {
      values[i] = 1 + i % 10;
      gradient[i] = values[i] == 4 ? -8 : 0;
    }
    Features ward =
        new Features(
            List.of(
                new Features.Categorical(
                    "ward", List.of("?", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"))));
    Growth exact =
        new Growth(1, 3, 0, 1, 0, 0, 0, 64, 1, 1, 100, 64, List.of(), List.of(), List.of());
    try (FeatureMatrix matrix = FeatureMatrix.of(ward, values);
        Ensemble ensemble = Ensemble.empty(ward, Output.numbered("o", 1), exact, 0, 1)) {
      ensemble.boost(matrix, gradient);
      Forest forest = ensemble.forest();
      assertThat(forest.margins(new float[] {4, 5, 0, 11, 99})).containsExactly(8, 0, 0, 0, 0);
      int root = forest.root(0);
      assertThat(forest.isCategorical(root)).isTrue();
      assertThat(forest.categories(root)).containsExactly(4);
    }
  }

  @Test
  void unknownCategoryIsLearntWhereTrainingHasIt() {
    float[] values = new float[300];
    float[] gradient = new float[300];
    for (int i = 0; i < 300; i++) {
      values[i] = i % 3;
      gradient[i] = i % 3 == 0 ? -5 : 1;
    }
    Features ward = new Features(List.of(new Features.Categorical("ward", List.of("?", "1", "2"))));
    Growth exact =
        new Growth(1, 3, 0, 1, 0, 0, 0, 64, 1, 1, 4, 64, List.of(), List.of(), List.of());
    try (FeatureMatrix matrix = FeatureMatrix.of(ward, values);
        Ensemble ensemble = Ensemble.empty(ward, Output.numbered("o", 1), exact, 0, 1)) {
      ensemble.boost(matrix, gradient);
      assertThat(ensemble.forest().margins(new float[] {0, 1, 2})).containsExactly(5, -1, -1);
    }
  }

  @Test
  void missingNumbersGoWhereTrainingSentThem() {
    float nan = Float.NaN;
    float[] values = {nan, nan, 1, 1, 2, 2};
    Features x = new Features(List.of(new Features.Numeric("x")));
    Growth exact =
        new Growth(1, 1, 0, 1, 0, 0, 0, 64, 1, 1, 4, 64, List.of(), List.of(), List.of());
    for (float[] gradient : new float[][] {{3, 3, 3, 3, -3, -3}, {-3, -3, 3, 3, -3, -3}}) {
      try (FeatureMatrix matrix = FeatureMatrix.of(x, values);
          Ensemble ensemble = Ensemble.empty(x, Output.numbered("o", 1), exact, 0, 1)) {
        ensemble.boost(matrix, gradient);
        assertThat(ensemble.forest().margins(new float[] {nan, 1, 2}))
            .containsExactly(-gradient[0], -3, 3);
      }
    }
  }

  @Test
  void travelsAsPlainData() throws IOException, ClassNotFoundException {
    try (Ensemble ensemble = grown(PLAIN)) {
      Forest forest = ensemble.forest();
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      new ObjectOutputStream(sent).writeObject(forest);
      Forest received =
          (Forest) new ObjectInputStream(new ByteArrayInputStream(sent.toByteArray())).readObject();
      float[] values = Rows.values(100, 3);
      assertThat(received.margins(values)).isEqualTo(forest.margins(values));
    }
  }

  @Test
  void readsWhatWasWrittenWithoutTrees() {
    List<Output> outputs =
        List.of(Output.named("a").startingAt(0.5f), Output.named("b").startingAt(-1e-7f));
    try (Ensemble ensemble = Ensemble.empty(Rows.FEATURES, outputs, PLAIN, 0, 1)) {
      Forest forest = ensemble.forest();
      forest.checkFits(Rows.FEATURES, 2);
      assertThat(forest.margins(Rows.values(2, 1))).containsExactly(0.5f, -1e-7f, 0.5f, -1e-7f);
    }
  }

  @Test
  void damagedBytesAreRefusedInWordsAndNeverReachTheLibrary() {
    byte[] bytes;
    try (Ensemble ensemble = grown(PLAIN)) {
      bytes = ensemble.bytes();
    }
    assertThatThrownBy(() -> Forest.read(new byte[0])).hasMessage("it ends in the middle");
    assertThatThrownBy(() -> Forest.read("PK".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("byte 80 marks no type");
    assertThatThrownBy(() -> Forest.read(Arrays.copyOf(bytes, bytes.length / 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than it has");
    assertThatThrownBy(() -> Forest.read(Arrays.copyOf(bytes, bytes.length + 1)))
        .hasMessage("it goes on for 1 bytes after its end");
    assertThatThrownBy(() -> Forest.read(with(bytes, "left_children", 3, 0)))
        .hasMessageContaining("tree 0: node 0 leads to node 0");
    assertThatThrownBy(() -> Forest.read(with(bytes, "right_children", 1, 0x7fff)))
        .hasMessageContaining("leads to node");
    assertThatThrownBy(() -> Forest.read(with(bytes, "split_indices", 0, 0x70)))
        .hasMessageContaining("asks feature 1879048192");
    assertThatThrownBy(() -> Forest.read(with(bytes, "split_conditions", 0, 0x7f)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noFlippedByteBringsMoreThanARefusal() {
    byte[] bytes;
    try (Ensemble ensemble = grown(PLAIN)) {
      bytes = ensemble.bytes();
    }
    float[] values = Rows.values(20, 4);
    SplittableRandom random = new SplittableRandom(1);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] flipped = bytes.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        Forest.read(flipped).margins(values);
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(200);
  }

  /** Another byte in the first list of that name, so far into its numbers. */
  private static byte[] with(byte[] bytes, String list, int offset, int value) {
    byte[] changed = bytes.clone();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int numbers = text.indexOf(list) + list.length() + "[$l#L".length() + Long.BYTES;
    changed[numbers + offset] = (byte) value;
    return changed;
  }

  private static Ensemble grown(Growth growth) {
    float[] values = Rows.values(1000, 1);
    float[] gradient = Rows.gradient(values);
    Ensemble ensemble = Ensemble.empty(Rows.FEATURES, Output.numbered("output", 3), growth, 0, 1);
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values)) {
      for (int round = 0; round < 10; round++) {
        ensemble.boost(matrix, gradient);
      }
    }
    return ensemble;
  }

  private static Growth splitting(int maxCategoriesToOneHot) {
    return new Growth(
        0.3,
        4,
        0,
        1,
        0,
        1,
        0,
        256,
        1,
        1,
        maxCategoriesToOneHot,
        64,
        List.of(),
        List.of(),
        List.of());
  }
}
