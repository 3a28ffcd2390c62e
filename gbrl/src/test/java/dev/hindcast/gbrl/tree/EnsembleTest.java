package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Numbers of checks are those of the sheet on boosted trees, section 11. */
class EnsembleTest {
  private static final List<Output> THREE = Output.numbered("output", 3);
  private static final Growth PLAIN = growth(0.1, 3, 0, 1, 1);

  @Test
  void splitFollowsTheUnstandardizedGain() {
    // Check 1: gradients (1,0), (1,0), (0,1), (0,1); {1,2}|{3,4} gains 4 for two outputs together,
    // {1,3}|{2,4} gains 2. Each output has its own tree here, which gains 1 by itself and 0.
    Features features = numbers("first pair", "other pairs");
    float[] rows = {0, 0, 0, 1, 1, 0, 1, 1};
    float[] gradient = {1, 0, 1, 0, 0, 1, 0, 1};
    try (FeatureMatrix matrix = FeatureMatrix.of(features, rows);
        Ensemble ensemble =
            Ensemble.empty(features, Output.numbered("o", 2), growth(1, 1, 0, 1, 1), 0, 1)) {
      ensemble.boost(matrix, gradient);
      Forest forest = ensemble.forest();
      assertThat(forest.feature(forest.root(0))).isZero();
      assertThat(forest.feature(forest.root(1))).isZero();
      assertThat(forest.gains()).containsExactly(2, 0); // half of what two outputs score: no parent
      assertThat(ensemble.margins(matrix)).containsExactly(-1, 0, -1, 0, 0, -1, 0, -1);
    }
  }

  @Test
  void leafIsTheRegularizedNewtonStep() {
    // Check 2: the gradients of a leaf sum to -3, the Hessians to 3, λ = 1, rate 0.1.
    Features features = numbers("x");
    try (FeatureMatrix matrix = FeatureMatrix.of(features, new float[] {1, 1, 1});
        Ensemble ensemble =
            Ensemble.empty(features, Output.numbered("o", 1), growth(0.1, 2, 1, 1, 1), 0, 1)) {
      ensemble.boost(matrix, new float[] {-1, -1.5f, -0.5f});
      assertThat(ensemble.margins(matrix)[1]).isCloseTo(0.075f, within(1e-7f));
    }
  }

  @Test
  void leafIsTheMeanGradientTimesTheRateOfItsOutput() {
    // Section 8: gradients ±(j + 1), rate 0.1; the last output learns at a tenth of it.
    Features features = numbers("x");
    List<Output> outputs = new ArrayList<>(Output.numbered("o", 3));
    outputs.add(Output.named("value").startingAt(5).atRate(0.1));
    try (FeatureMatrix matrix = FeatureMatrix.of(features, new float[] {0, 0, 1, 1});
        Ensemble ensemble = Ensemble.empty(features, outputs, growth(0.1, 1, 0, 1, 1), 0, 1)) {
      float[] gradient = new float[16];
      for (int i = 0; i < 16; i++) {
        gradient[i] = (i < 8 ? 1 : -1) * (i % 4 + 1);
      }
      ensemble.boost(matrix, gradient);
      float[] expected = {-0.1f, -0.2f, -0.3f, 4.96f, 0.1f, 0.2f, 0.3f, 5.04f};
      float[] found = ensemble.margins(matrix);
      for (int i = 0; i < 8; i++) {
        assertThat(found[i < 4 ? i : i + 4]).isCloseTo(expected[i], within(1e-6f));
      }
    }
  }

  @Test
  void goingOnFromEarlierRoundsGivesTheBitsOfAllAtOnce() {
    float[] values = Rows.values(300, 1);
    List<Output> one = List.of(Output.named("value").startingAt(0.3f));
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values);
        Ensemble ensemble = Ensemble.empty(Rows.FEATURES, one, PLAIN, 0, 1)) {
      for (int round = 0; round < 7; round++) {
        float[] gradient = ensemble.margins(matrix);
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] -= (float) Math.sin(i);
        }
        ensemble.boost(matrix, gradient);
      }
      float[] found = new float[300];
      Arrays.fill(found, 0.3f);
      found = ensemble.marginsFrom(values, found, 0, 3);
      assertThat(ensemble.marginsFrom(values, found, 3, 3)).containsExactly(found);
      found = ensemble.marginsFrom(values, found, 3, 7);
      assertThat(found).containsExactly(ensemble.margins(values));
      assertThat(found).containsExactly(ensemble.margins(matrix));
    }
  }

  @Test
  void sameGradientTwiceDoublesTheOutputs() {
    // Check 8, with a break between the rounds that changes nothing.
    float[] values = Rows.values(500, 1);
    float[] gradient = Rows.gradient(values);
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values);
        Ensemble ensemble = empty(PLAIN)) {
      ensemble.boost(matrix, gradient);
      float[] once = ensemble.margins(matrix);
      try (Ensemble again = read(ensemble.bytes(), PLAIN)) {
        again.boost(matrix, gradient);
        ensemble.boost(matrix, gradient);
        float[] twice = ensemble.margins(matrix);
        for (int i = 0; i < once.length; i++) {
          assertThat(twice[i]).isCloseTo(2 * once[i], within(1e-6f));
        }
        assertThat(again.bytes()).isEqualTo(ensemble.bytes());
      }
    }
  }

  @Test
  void growsOnByteForByteAfterABreakAlsoWithSampling() {
    Growth sampled = growth(0.3, 4, 1, 0.6, 0.5);
    byte[] whole = fitted(sampled, 0, 8, 7, 1);
    assertThat(fitted(sampled, 4, 8, 7, 1)).isEqualTo(whole);
    assertThat(fitted(sampled, 0, 8, 8, 1)).isNotEqualTo(whole);
    assertThat(fitted(growth(0.3, 4, 1, 1, 1), 3, 8, 7, 1))
        .isEqualTo(fitted(growth(0.3, 4, 1, 1, 1), 0, 8, 7, 1));
  }

  @Test
  void columnsAreDrawnAnewForEveryRound() {
    Forest forest = Forest.read(fitted(growth(0.3, 1, 1, 1, 0.4), 0, 24, 3, 1));
    List<Integer> asked = new ArrayList<>();
    for (int tree = 0; tree < forest.trees(); tree++) {
      asked.add(forest.feature(forest.root(tree)));
    }
    assertThat(asked).contains(0, 1, 2, 3); // with all columns, weight and noise come never first
  }

  @Test
  void threadsDoNotChangeABit() {
    byte[] alone = fitted(PLAIN, 0, 5, 7, 1);
    assertThat(fitted(PLAIN, 0, 5, 7, 2)).isEqualTo(alone);
    assertThat(fitted(PLAIN, 0, 5, 7, 3)).isEqualTo(alone);
  }

  @Test
  void rowsLeftOutByARoundDoNotCount() {
    Growth half = growth(1, 1, 0, 0.5, 1);
    Features features = numbers("x");
    float[] gradient = new float[2000];
    boolean[] included = half.rowsOfRound(2000, 0, 11, 0);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < 2000; i++) {
      gradient[i] = i % 7;
      sum += included[i] ? gradient[i] : 0;
      count += included[i] ? 1 : 0;
    }
    assertThat(count).isBetween(920, 1080);
    try (FeatureMatrix matrix = FeatureMatrix.of(features, new float[2000]);
        Ensemble ensemble = Ensemble.empty(features, Output.numbered("o", 1), half, 11, 1)) {
      ensemble.boost(matrix, gradient);
      assertThat(ensemble.margins(matrix)[0]).isCloseTo((float) (-sum / count), within(1e-5f));
    }
  }

  @Test
  void rememberedOutputsAreThoseOfFreshRows() {
    float[] values = Rows.values(2000, 1);
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values);
        FeatureMatrix fresh = FeatureMatrix.of(Rows.FEATURES, values);
        Ensemble ensemble = empty(PLAIN)) {
      for (int round = 0; round < 10; round++) {
        ensemble.boost(matrix, distance(ensemble.margins(matrix), Rows.gradient(values)));
      }
      float[] remembered = ensemble.margins(matrix);
      assertThat(ensemble.margins(fresh)).isEqualTo(remembered);
      assertThat(ensemble.margins(values)).isEqualTo(remembered);
      assertThat(ensemble.forest().margins(values)).isEqualTo(remembered);
    }
  }

  @Test
  void manyThreadsReadTheSameOutputs() throws Exception {
    float[] values = Rows.values(300, 2);
    try (Ensemble ensemble = read(fitted(PLAIN, 0, 10, 1, 1), PLAIN)) {
      float[] expected = ensemble.margins(values);
      ExecutorService pool = Executors.newFixedThreadPool(6);
      try {
        Callable<float[]> read = () -> ensemble.margins(values);
        for (Future<float[]> found : pool.invokeAll(Collections.nCopies(60, read))) {
          assertThat(found.get()).isEqualTo(expected);
        }
      } finally {
        pool.shutdown();
      }
    }
  }

  @Test
  void marginsOfRowsStandInPlaceOfIntercepts() {
    float[] values = Rows.values(100, 3);
    float[] start = new float[300];
    for (int i = 0; i < 300; i++) {
      start[i] = i;
    }
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values).startingAt(start);
        FeatureMatrix bare = FeatureMatrix.of(Rows.FEATURES, values);
        Ensemble ensemble = empty(PLAIN)) {
      ensemble.boost(matrix, Rows.gradient(values));
      float[] found = ensemble.margins(matrix);
      float[] trees = ensemble.margins(bare);
      for (int i = 0; i < 300; i++) {
        assertThat(found[i]).isCloseTo(start[i] + trees[i], within(1e-4f));
      }
    }
  }

  @Test
  void contributionsAddUpToTheOutputAndNameWhatMatters() {
    // Check 9.
    float[] values = Rows.values(1000, 4);
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values);
        Ensemble ensemble = empty(PLAIN)) {
      for (int round = 0; round < 20; round++) {
        ensemble.boost(matrix, distance(ensemble.margins(matrix), Rows.gradient(values)));
      }
      float[] margins = ensemble.margins(matrix);
      float[] contributions = ensemble.contributions(matrix);
      double[][] sizes = new double[3][6];
      for (int i = 0; i < margins.length; i++) {
        double sum = 0;
        for (int j = 0; j < 6; j++) {
          sum += contributions[6 * i + j];
          sizes[i % 3][j] += Math.abs(contributions[6 * i + j]) / 1000;
        }
        assertThat(sum).isCloseTo(margins[i], within(1e-4));
      }
      assertThat(sizes[0][0]).isGreaterThan(10 * sizes[0][3]); // the first output hangs on age
      assertThat(sizes[1][3]).isGreaterThan(10 * sizes[1][0]); // the second on the ward
    }
  }

  @Test
  void distilledTreeIsTheTree() {
    // Check 10: 50 rounds at 0.3 leave 0.7^50 = 1.8e-8 of the distance, at 0.1 they leave 5.2e-3.
    float[] values = Rows.values(1000, 5);
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values);
        Ensemble teacher = empty(growth(1, 3, 0, 1, 1))) {
      teacher.boost(matrix, Rows.gradient(values));
      float[] wanted = teacher.margins(matrix);
      try (Ensemble close = distilled(teacher, matrix, growth(0.3, 3, 0, 1, 1), 50);
          Ensemble far = distilled(teacher, matrix, growth(0.1, 3, 0, 1, 1), 50)) {
        assertThat(relativeError(close.margins(matrix), wanted)).isLessThan(1e-3);
        assertThat(relativeError(far.margins(matrix), wanted)).isBetween(4e-3, 7e-3);
        assertThat(close.growth()).isEqualTo(teacher.growth());
        close.boost(matrix, Rows.gradient(values));
        assertThat(relativeError(close.margins(matrix), doubled(wanted))).isLessThan(1e-3);
      }
    }
  }

  @Test
  void distillingMakesALongEnsembleShort() {
    float[] values = Rows.values(1000, 6);
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values);
        Ensemble teacher = empty(growth(0.02, 3, 0, 1, 1))) {
      for (int round = 0; round < 300; round++) {
        teacher.boost(matrix, distance(teacher.margins(matrix), Rows.gradient(values)));
      }
      try (Ensemble student = distilled(teacher, matrix, growth(0.3, 4, 0, 1, 1), 30)) {
        assertThat(student.trees()).isEqualTo(90);
        assertThat(relativeError(student.margins(matrix), teacher.margins(matrix)))
            .isLessThan(0.02);
      }
    }
  }

  private static Ensemble distilled(Ensemble teacher, FeatureMatrix matrix, Growth by, int rounds) {
    try (Distillation distillation = new Distillation(teacher, matrix, by, 1)) {
      distillation.grow(rounds / 2);
      distillation.grow(rounds - rounds / 2);
      assertThat(distillation.rounds()).isEqualTo(rounds);
      return distillation.ensemble();
    }
  }

  @Test
  void outputsMoveWithAFeatureOnlyAsTheyMay() {
    // The data rise with age.
    Growth rising = ordered(List.of("age"), List.of());
    Growth falling = ordered(List.of(), List.of("age"));
    assertThat(falls(rising, 1)).isZero();
    assertThat(falls(falling, -1)).isZero();
    assertThat(falls(growth(0.3, 4, 0, 1, 1), -1)).isPositive();
  }

  @Test
  void pathsKeepToTheGroupsOfInteractions() {
    Growth apart =
        new Growth(
            0.3,
            4,
            0,
            1,
            0,
            0,
            0,
            64,
            1,
            1,
            4,
            64,
            List.of(),
            List.of(),
            List.of(List.of("age", "weight"), List.of("ward", "sex")));
    assertThat(pairsOnPaths(apart)).isSubsetOf("0-0", "0-1", "1-1", "2-2", "3-3", "3-4", "4-4");
    assertThat(pairsOnPaths(apart)).contains("0-1");
    assertThat(pairsOnPaths(growth(0.3, 4, 0, 1, 1))).contains("0-3");
  }

  @Test
  void leavesAreBoundedInNumberAndWeight() {
    Growth few =
        new Growth(0.3, 6, 5, 200, 0, 0, 0, 64, 1, 1, 4, 64, List.of(), List.of(), List.of());
    Forest forest = Forest.read(fitted(few, 0, 3, 0, 1));
    int leaves = 0;
    for (int node = 0; node < forest.nodes(); node++) {
      if (forest.isLeaf(node)) {
        assertThat(forest.weight(node)).isGreaterThanOrEqualTo(200);
        leaves++;
      }
    }
    assertThat(leaves).isLessThanOrEqualTo(5 * forest.trees()).isGreaterThan(forest.trees());
  }

  @Test
  void whatIsNoNumberIsRefusedBeforeItIsGrownInto() {
    try (FeatureMatrix matrix = FeatureMatrix.of(numbers("x"), new float[] {1, 2});
        Ensemble ensemble =
            Ensemble.empty(numbers("x"), Output.numbered("action", 2), PLAIN, 0, 1)) {
      assertThatThrownBy(() -> ensemble.boost(matrix, new float[] {0, 1, 2, Float.NaN}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Trees cannot grow against gradient NaN and Hessian 1.0 of output action 1 in row 1.");
      assertThatThrownBy(() -> ensemble.boost(matrix, new float[4], new float[] {1, 1, -1, 1}))
          .hasMessageContaining("gradient 0.0 and Hessian -1.0 of output action 0 in row 1");
      assertThatThrownBy(() -> ensemble.boost(matrix, new float[3]))
          .hasMessage("3 gradients and 3 Hessians do not fit 2 rows of 2 outputs.");
      assertThat(ensemble.trees()).isZero();
    }
  }

  @Test
  void treesOfOtherFeaturesAreRefused() {
    byte[] bytes = fitted(PLAIN, 0, 1, 0, 1);
    assertThatThrownBy(() -> Ensemble.read(bytes, numbers("x"), THREE, PLAIN, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its trees were grown on other features or dictionaries than [x]");
    List<Features.Column> swapped = new ArrayList<>(Rows.FEATURES.columns());
    swapped.set(4, new Features.Categorical("sex", List.of("any other value", "m", "f")));
    assertThatThrownBy(() -> Ensemble.read(bytes, new Features(swapped), THREE, PLAIN, 0, 1))
        .hasMessageContaining("other features or dictionaries");
    assertThatThrownBy(
            () -> Ensemble.read(bytes, Rows.FEATURES, Output.numbered("o", 2), PLAIN, 0, 1))
        .hasMessage("it has 3 outputs, not 2");
    try (FeatureMatrix matrix = FeatureMatrix.of(numbers("x"), new float[] {1});
        Ensemble ensemble = empty(PLAIN)) {
      assertThatThrownBy(() -> ensemble.boost(matrix, new float[3]))
          .hasMessageStartingWith("Rows of [x] do not fit trees on [age, weight");
    }
  }

  @Test
  void closedEnsembleSaysSoInsteadOfBringingDownTheProcess() {
    Ensemble ensemble = empty(PLAIN);
    ensemble.close();
    ensemble.close();
    assertThatThrownBy(ensemble::bytes)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The ensemble has been closed.");
  }

  @Test
  void tenThousandUsesLeaveNothingBehind() throws IOException {
    float[] values = Rows.values(64, 9);
    float[] gradient = Rows.gradient(values);
    int live = Native.live();
    use(values, gradient, 1000);
    long before = residentKilobytes();
    use(values, gradient, 10_000);
    assertThat(Native.live()).isEqualTo(live);
    // Forgotten, 10,000 matrices and ensembles hold 750 MB; Java's own heap grows by up to 130 MB.
    assertThat(residentKilobytes() - before).isLessThan(400_000);
  }

  private static void use(float[] values, float[] gradient, int times) {
    for (int i = 0; i < times; i++) {
      try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values);
          Ensemble ensemble = empty(PLAIN)) {
        ensemble.boost(matrix, gradient);
        ensemble.margins(matrix);
        if (i % 50 == 0) { // reading takes some milliseconds
          read(ensemble.bytes(), PLAIN).close();
        }
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static Growth ordered(List<String> increasing, List<String> decreasing) {
    return new Growth(0.3, 4, 0, 1, 0, 0, 0, 64, 1, 1, 4, 64, increasing, decreasing, List.of());
  }

  /** How often the first output falls while the age moves in a direction. */
  private static long falls(Growth growth, int direction) {
    Forest forest = Forest.read(fitted(growth, 0, 10, 0, 1));
    float[] row = Rows.values(1, 12);
    long falls = 0;
    float last = Float.NEGATIVE_INFINITY;
    for (int step = -300; step <= 300; step++) {
      row[0] = direction * step / 100f;
      float found = forest.margins(row)[0];
      falls += found < last ? 1 : 0;
      last = found;
    }
    return falls;
  }

  private static List<String> pairsOnPaths(Growth growth) {
    Forest forest = Forest.read(fitted(growth, 0, 10, 0, 1));
    List<String> pairs = new ArrayList<>();
    for (int tree = 0; tree < forest.trees(); tree++) {
      walk(forest, forest.root(tree), List.of(), pairs);
    }
    return pairs;
  }

  private static void walk(Forest forest, int node, List<Integer> above, List<String> pairs) {
    if (forest.isLeaf(node)) {
      return;
    }
    List<Integer> path = new ArrayList<>(above);
    path.add(forest.feature(node));
    for (int one : path) {
      int other = forest.feature(node);
      pairs.add(Math.min(one, other) + "-" + Math.max(one, other));
    }
    walk(forest, forest.left(node), path, pairs);
    walk(forest, forest.right(node), path, pairs);
  }

  /** Grown towards the targets of {@link Rows}, written and read again after some rounds. */
  private static byte[] fitted(Growth growth, int breakAfter, int rounds, long seed, int threads) {
    float[] values = Rows.values(3000, 1);
    float[] gradient = Rows.gradient(values);
    try (FeatureMatrix matrix = FeatureMatrix.of(Rows.FEATURES, values)) {
      Ensemble ensemble = Ensemble.empty(Rows.FEATURES, THREE, growth, seed, threads);
      for (int round = 0; round < rounds; round++) {
        if (round > 0 && round == breakAfter) {
          byte[] bytes = ensemble.bytes();
          ensemble.close();
          ensemble = Ensemble.read(bytes, Rows.FEATURES, THREE, growth, seed, threads);
        }
        ensemble.boost(matrix, distance(ensemble.margins(matrix), gradient));
      }
      byte[] bytes = ensemble.bytes();
      ensemble.close();
      return bytes;
    }
  }

  private static float[] distance(float[] outputs, float[] atZero) {
    float[] gradient = outputs.clone();
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] += atZero[i];
    }
    return gradient;
  }

  private static float[] doubled(float[] values) {
    float[] twice = values.clone();
    for (int i = 0; i < twice.length; i++) {
      twice[i] *= 2;
    }
    return twice;
  }

  /** Root mean squared error over the standard deviation of what is wanted. */
  private static double relativeError(float[] found, float[] wanted) {
    double mean = 0;
    for (float value : wanted) {
      mean += value / wanted.length;
    }
    double error = 0;
    double variance = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += Math.pow(found[i] - wanted[i], 2);
      variance += Math.pow(wanted[i] - mean, 2);
    }
    return Math.sqrt(error / variance);
  }

  private static Features numbers(String... names) {
    return new Features(Arrays.stream(names).<Features.Column>map(Features.Numeric::new).toList());
  }

  private static Ensemble empty(Growth growth) {
    return Ensemble.empty(Rows.FEATURES, THREE, growth, 7, 1);
  }

  private static Ensemble read(byte[] bytes, Growth growth) {
    return Ensemble.read(bytes, Rows.FEATURES, THREE, growth, 7, 1);
  }

  private static Growth growth(
      double rate, int depth, double leafPenalty, double rowShare, double columnShare) {
    return new Growth(
        rate,
        depth,
        0,
        1,
        0,
        leafPenalty,
        0,
        256,
        rowShare,
        columnShare,
        4,
        64,
        List.of(),
        List.of(),
        List.of());
  }
}
