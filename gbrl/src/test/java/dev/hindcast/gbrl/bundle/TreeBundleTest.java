package dev.hindcast.gbrl.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.gbrl.explanation.Driver;
import dev.hindcast.gbrl.explanation.Drivers;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.product.TreeProduct.Input;
import dev.hindcast.gbrl.tree.Ensemble;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.bundle.OnnxCheck;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.head.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeBundleTest {
  private static final int ACTIONS = 4;
  private static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("age", "weight"),
          List.of(
              new ObservationSpace.CategoricalField(
                  "ward", List.of("a", "b", "c", "d", "e", "f", "g"))));
  private static final ActionSpace CHOICES = new ActionSpace.Discrete(ACTIONS);
  private static final ActionSpace.Box BOX =
      new ActionSpace.Box(List.of(-2f, 10f), List.of(2f, 30f));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void everyHeadSurvivesARoundTripAndItsExport(int maxCategoriesToOneHot) {
    Growth growth = growth(maxCategoriesToOneHot);
    TreeProduct.Trees choices = grown(Input.OBSERVATION, CHOICES, ACTIONS, growth);
    TreeProduct.Trees chosen = grown(Input.OBSERVATION_AND_ACTION, CHOICES, 1, growth);
    TreeProduct.Trees means = grown(Input.OBSERVATION, BOX, 2, growth);
    TreeProduct.Trees point = grown(Input.OBSERVATION_AND_ACTION, BOX, 1, growth);
    Map<String, float[]> deviations = Map.of(Head.LOG_DEVIATION, new float[] {-1, 0.3f});
    survives(TreeProduct.of(new Head.Softmax(), Head.POLICY, choices), CHOICES);
    survives(TreeProduct.of(new Head.Softmax(), Head.POLICY, chosen), CHOICES);
    survives(TreeProduct.of(new Head.Greedy(0), Head.Q, choices), CHOICES);
    survives(TreeProduct.of(new Head.Greedy(0), Head.Q, chosen), CHOICES);
    survives(
        new TreeProduct(
            new Head.Greedy(0.3), Map.of(Head.Q, chosen, Head.BEHAVIOR, choices), Map.of()),
        CHOICES);
    survives(TreeProduct.of(new Head.ActionValues(), Head.Q, choices), CHOICES);
    survives(TreeProduct.of(new Head.ActionValues(), Head.Q, chosen), CHOICES);
    survives(
        new TreeProduct(new Head.FreeMeanGaussian(), Map.of(Head.POLICY, means), deviations), BOX);
    survives(
        new TreeProduct(new Head.TanhMeanGaussian(), Map.of(Head.POLICY, means), deviations), BOX);
    survives(TreeProduct.of(new Head.Deterministic(), Head.POLICY, means), BOX);
    survives(TreeProduct.of(new Head.ActionValue(), Head.Q, point), BOX);
  }

  private void survives(TreeProduct product, ActionSpace actionSpace) {
    BundleManifest published = publish(product, actionSpace);
    assertThat(published.onnx().orElseThrow().maxDifference()).isLessThanOrEqualTo(1e-5);
    Bundle loaded = loader().load(folder.resolve("b"));
    assertThat(loaded.manifest().fingerprint()).isEqualTo(published.fingerprint());
    Decisions sample = sample(300, 9);
    if (product.head() instanceof Head.ActionValue) {
      assertThat(loaded.qFunction().orElseThrow().values(sample, points(300)))
          .containsExactly(TreeFunctions.values(product, SPACE, BOX).values(sample, points(300)));
    } else if (!product.head().isPolicy()) {
      assertThat(loaded.qFunction().orElseThrow().values(sample))
          .containsExactly(TreeFunctions.values(product, SPACE, CHOICES).values(sample));
    } else if (actionSpace == CHOICES) {
      assertThat(loaded.policy().orElseThrow().categorical(sample).probabilities())
          .containsExactly(
              TreeFunctions.policy(product, SPACE, CHOICES, true)
                  .categorical(sample)
                  .probabilities());
    } else {
      assertThat(loaded.policy().orElseThrow().continuous(sample).modes())
          .containsExactly(
              TreeFunctions.policy(product, SPACE, BOX, false).continuous(sample).modes());
    }
  }

  @Test
  void treesOfOneLeafDoNotDisturbTheOthers() {
    Features features = Input.OBSERVATION.features(SPACE, CHOICES);
    float[] rows = features.rows(sample(1000, 5));
    float[] gradient = new float[1000 * ACTIONS];
    for (int i = 1; i < gradient.length; i += ACTIONS) { // of one action only
      gradient[i] = rows[i / ACTIONS * features.width()] > 0 ? 1 : -1;
    }
    try (FeatureMatrix matrix = FeatureMatrix.of(features, rows);
        Ensemble ensemble =
            Ensemble.empty(features, Output.numbered("action", ACTIONS), growth(4), 0, 1)) {
      for (int round = 0; round < 3; round++) {
        ensemble.boost(matrix, gradient);
      }
      TreeProduct.Trees trees = TreeProduct.Trees.of(Input.OBSERVATION, ensemble);
      survives(TreeProduct.of(new Head.Softmax(), Head.POLICY, trees), CHOICES);
    }
  }

  @Test
  void ensembleThatHasNotGrownIsItsIntercepts() {
    Features features = Input.OBSERVATION.features(SPACE, CHOICES);
    List<Output> outputs =
        List.of(
            Output.named("a").startingAt(0.5f),
            Output.named("b"),
            Output.named("c").startingAt(-1),
            Output.named("d"));
    try (Ensemble ensemble = Ensemble.empty(features, outputs, growth(4), 0, 1)) {
      TreeProduct.Trees trees = TreeProduct.Trees.of(Input.OBSERVATION, ensemble);
      survives(TreeProduct.of(new Head.Softmax(), Head.POLICY, trees), CHOICES);
    }
  }

  @Test
  void policyIsTheSoftmaxOfTheLibrarysOutputsOverTheMask() {
    Growth growth = growth(4);
    TreeProduct.Trees trees = grown(Input.OBSERVATION, CHOICES, ACTIONS, growth);
    Decisions sample = sample(50, 3);
    Features features = Features.of(SPACE);
    float[] logits;
    try (Ensemble ensemble =
        Ensemble.read(trees.bytes(), features, Output.numbered("action", ACTIONS), growth, 0, 1)) {
      logits = ensemble.margins(features.rows(sample));
    }
    double[] found =
        TreeFunctions.policy(
                TreeProduct.of(new Head.Softmax(), Head.POLICY, trees), SPACE, CHOICES, true)
            .categorical(sample)
            .probabilities();
    for (int row = 0; row < 50; row++) {
      double sum = 0;
      for (int i = row * ACTIONS; i < (row + 1) * ACTIONS; i++) {
        sum += sample.mask()[i] ? Math.exp(logits[i]) : 0;
      }
      for (int i = row * ACTIONS; i < (row + 1) * ACTIONS; i++) {
        double expected = sample.mask()[i] ? Math.exp(logits[i]) / sum : 0;
        assertThat(found[i]).isCloseTo(expected, within(1e-6));
      }
    }
  }

  @Test
  void gaussianHasItsMeanInTheUnitsOfTheBox() {
    TreeProduct.Trees means = grown(Input.OBSERVATION, BOX, 2, growth(4));
    TreeProduct product =
        new TreeProduct(
            new Head.FreeMeanGaussian(),
            Map.of(Head.POLICY, means),
            Map.of(Head.LOG_DEVIATION, new float[] {0, -1}));
    Decisions sample = sample(20, 3);
    float[] units = means.forest().margins(Features.of(SPACE).rows(sample));
    ActionDistribution.Gaussian found =
        (ActionDistribution.Gaussian)
            TreeFunctions.policy(product, SPACE, BOX, false).continuous(sample);
    for (int i = 0; i < 20; i++) {
      assertThat(found.means()[2 * i]).isCloseTo(2 * units[2 * i], within(1e-5f));
      assertThat(found.means()[2 * i + 1]).isCloseTo(20 + 10 * units[2 * i + 1], within(1e-4f));
      assertThat(found.deviations()[2 * i + 1]).isCloseTo(3.678794f, within(1e-5f));
    }
  }

  @Test
  void actionAsAnInputIsTriedOneByOne() {
    TreeProduct.Trees trees = grown(Input.OBSERVATION_AND_ACTION, CHOICES, 1, growth(1));
    double[] values =
        TreeFunctions.values(TreeProduct.of(new Head.ActionValues(), Head.Q, trees), SPACE, CHOICES)
            .values(sample(5000, 4)); // more than are valued at a time
    Features features = Features.withAction(SPACE, CHOICES);
    for (int action = 0; action < ACTIONS; action++) {
      int[] same = new int[5000];
      Arrays.fill(same, action);
      float[] expected = trees.forest().margins(features.rows(sample(5000, 4), same));
      for (int row = 0; row < 5000; row++) {
        assertThat(values[row * ACTIONS + action]).isEqualTo(expected[row]);
      }
    }
  }

  @Test
  void exportThatComputesSomethingElseIsRefused() {
    TreeProduct product = values(growth(4));
    byte[] model =
        OnnxTrees.of(values(growth(4).withRate(0.31)), SPACE, CHOICES, false).toByteArray();
    OnnxCheck check = OnnxCheck.of(TreeFunctions.values(product, SPACE, CHOICES));
    assertThatThrownBy(() -> check.greatestDifference(model, sample(200, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("The ONNX export does not compute what the bundle computes");
  }

  @Test
  void productThatDoesNotFitIsRefusedInWords() {
    TreeProduct.Trees choices = grown(Input.OBSERVATION, CHOICES, ACTIONS, growth(4));
    TreeProduct.Trees point = grown(Input.OBSERVATION_AND_ACTION, BOX, 1, growth(4));
    TreeProduct.Trees blind = grown(Input.OBSERVATION, BOX, 1, growth(4));
    TreeProduct softmax = TreeProduct.of(new Head.Softmax(), Head.POLICY, choices);
    refused(TreeProduct.of(new Head.Greedy(0.5), Head.Q, choices), CHOICES)
        .hasMessage("there are ensembles [q], not [behavior, q]");
    refused(softmax, BOX)
        .hasMessage("the head Softmax does not suit a box of 2 continuous actions");
    refused(softmax, new ActionSpace.Discrete(5))
        .hasMessage("ensemble policy: it has 4 outputs, not 5");
    refused(TreeProduct.of(new Head.Deterministic(), Head.POLICY, point), BOX)
        .hasMessage("ensemble policy: it is shown an action that nobody gives");
    refused(TreeProduct.of(new Head.ActionValue(), Head.Q, blind), BOX)
        .hasMessage("ensemble q: it is not shown the action");
    Head residual = new Head.Residual(0.1);
    refused(new TreeProduct(residual, Map.of(Head.POLICY, blind, Head.BASE, blind), Map.of()), BOX)
        .hasMessageStartingWith("ensemble ");
    refused(
            new TreeProduct(new Head.FreeMeanGaussian(), Map.of(Head.POLICY, blind), Map.of()),
            new ActionSpace.Box(List.of(0f), List.of(1f)))
        .hasMessage("there are vectors [], not [log_deviation]");
    ObservationSpace renamed = new ObservationSpace(List.of("age", "mass"), SPACE.categorical());
    assertThatThrownBy(() -> softmax.checkFits(renamed, CHOICES))
        .hasMessageContaining("its trees were grown on other features or dictionaries than");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(
      TreeProduct product, ActionSpace actionSpace) {
    return assertThatThrownBy(() -> product.checkFits(SPACE, actionSpace));
  }

  @Test
  void damagedFilesAreRefusedInWords() throws IOException {
    BundleManifest manifest = publish(values(growth(4)), CHOICES);
    Path trees = folder.resolve("b/ensembles/q.ubj");
    byte[] whole = Files.readAllBytes(trees);
    Files.write(trees, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> loader().load(folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("ensembles/q.ubj");
    assertThatThrownBy(() -> new TreeBundleFormat().load(manifest, folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its trees are damaged (ensemble q: ");
    Files.delete(trees);
    assertThatThrownBy(() -> new TreeBundleFormat().load(manifest, folder.resolve("b")))
        .hasMessageContaining("its trees are damaged (ensembles/q.ubj is missing)");
    String softmax = "{\"head\": {\"kind\": \"softmax\"}, \"vectors\": {}, \"ensembles\": ";
    Map<String, String> mistakes =
        Map.of(
            "{}",
            "lacks a head, ensembles or vectors",
            "{\"head\": {\"kind\": \"oracle\"}}",
            "oracle",
            softmax + "{\"policy\": {}}}",
            "lacks the input or outputs of ensemble policy",
            softmax + "{\"../policy\": {\"input\": \"OBSERVATION\", \"outputs\": []}}}",
            "'../policy' is no role");
    for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
      Files.writeString(folder.resolve("b/trees.json"), mistake.getKey());
      assertThatThrownBy(() -> new TreeBundleFormat().load(manifest, folder.resolve("b")))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(mistake.getValue());
    }
  }

  @Test
  void snapshotsAreExportedBesideTheEnd() {
    TreeProduct product = values(growth(4));
    try (ArtefactWriter writer = begin()) {
      BundleManifest manifest =
          new TreeBundle(record(product, CHOICES), product, new TreeMap<>(Map.of(5L, product)))
              .publish(writer, sample(20, 1));
      assertThat(manifest.files())
          .extracting(ArtefactFile::path)
          .contains(
              "ensembles/q.ubj",
              "trees.json",
              "model.onnx",
              "snapshots/5/model.onnx",
              "model-card.md",
              "metrics.jsonl");
    }
    assertThat(folder.resolve("b/snapshots/5/model.onnx"))
        .hasSameBinaryContentAs(folder.resolve("b/model.onnx"));
  }

  @Test
  void modelCardTellsWhatTheTreesLookAt() throws IOException {
    TreeProduct product =
        TreeProduct.of(
            new Head.ActionValues(),
            Head.Q,
            grown(Input.OBSERVATION_AND_ACTION, CHOICES, 1, growth(4)));
    assertThat(publish(product, CHOICES).fingerprint())
        .isEqualTo(publish(product, CHOICES).fingerprint());
    assertThat(Files.readString(folder.resolve("b/model-card.md")))
        .containsPattern(
            "## What it looks at\\R\\RBy how much each field moves the value of an action, on"
                + " average over 300 decisions")
        .containsPattern("\\| age \\| [0-9.]+ \\| (rises|falls|neither rises nor falls) \\|")
        .containsPattern("\\| action \\| [0-9.]+ \\|  \\|")
        .containsSubsequence("## What it looks at", "## Limits");
    Drivers found = Drivers.read(Files.readAllBytes(folder.resolve("b").resolve(Drivers.FILE)));
    assertThat(found.rows()).isEqualTo(300);
    assertThat(found.drivers())
        .extracting(Driver::feature)
        .containsExactlyInAnyOrder("age", "weight", "ward", "action");
    assertThat(found.drivers()).allSatisfy(driver -> assertThat(driver.size()).isPositive());
  }

  private BundleManifest publish(TreeProduct product, ActionSpace actionSpace) {
    try (ArtefactWriter writer = begin()) {
      return new TreeBundle(record(product, actionSpace), product, new TreeMap<>())
          .publish(writer, sample(300, 2));
    }
  }

  private ArtefactWriter begin() {
    return ArtefactWriter.begin(folder.resolve("b").toString(), ArtefactWriter.Existing.REPLACE);
  }

  private static TrainingRecord record(TreeProduct product, ActionSpace actionSpace) {
    return new TrainingRecord(
        "test",
        "trees",
        "Grows well.",
        product.head().isPolicy() ? BundleManifest.POLICY : BundleManifest.Q_FUNCTION,
        SPACE,
        actionSpace,
        actionSpace == CHOICES,
        Optional.empty(),
        0.99,
        10,
        Map.of("value_loss", 0.25),
        "{\"update\":10}\n",
        new Provenance(
            List.of(new Provenance.Input("dataset", "wards", Fingerprint.ofJson("wards"))),
            JsonNodeFactory.instance.objectNode().put("depth", 4),
            0,
            new CodeVersion("0", "test")));
  }

  private static BundleLoader loader() {
    return new BundleLoader(TreeBundleFormat.all());
  }

  private static TreeProduct values(Growth growth) {
    return TreeProduct.of(
        new Head.ActionValues(), Head.Q, grown(Input.OBSERVATION, CHOICES, ACTIONS, growth));
  }

  private static Growth growth(int maxCategoriesToOneHot) {
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

  /** Trees with some structure in every feature, actions included. */
  private static TreeProduct.Trees grown(
      Input input, ActionSpace actionSpace, int outputs, Growth growth) {
    Features features = input.features(SPACE, actionSpace);
    Decisions sample = sample(1000, 5);
    float[] rows;
    if (input == Input.OBSERVATION) {
      rows = features.rows(sample);
    } else if (actionSpace == BOX) {
      rows = features.rows(sample, points(1000));
    } else {
      rows = features.rows(sample, new SplittableRandom(6).ints(1000, 0, ACTIONS).toArray());
    }
    float[] gradient = new float[1000 * outputs];
    for (int i = 0; i < gradient.length; i++) {
      for (int j = 0; j < features.width(); j++) {
        float value = rows[i / outputs * features.width() + j];
        gradient[i] += Float.isNaN(value) ? 1 : (float) Math.sin((1 + i % outputs) * value);
      }
    }
    List<Output> names =
        Output.numbered("output", outputs).stream().map(o -> o.startingAt(0.25f)).toList();
    try (FeatureMatrix matrix = FeatureMatrix.of(features, rows);
        Ensemble ensemble = Ensemble.empty(features, names, growth, 0, 1)) {
      for (int round = 0; round < 8; round++) {
        ensemble.boost(matrix, gradient);
      }
      return TreeProduct.Trees.of(input, ensemble);
    }
  }

  /** With missing numbers and categories that are in no dictionary. */
  private static Decisions sample(int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numeric = new float[2 * rows];
    int[] categories = new int[rows];
    boolean[] mask = new boolean[ACTIONS * rows];
    String[] ids = new String[rows];
    for (int i = 0; i < numeric.length; i++) {
      numeric[i] = random.nextInt(6) == 0 ? Float.NaN : (float) (3 * random.nextGaussian());
    }
    for (int i = 0; i < rows; i++) {
      categories[i] = random.nextInt(8);
      for (int a = 0; a < ACTIONS; a++) {
        mask[i * ACTIONS + a] = a == i % ACTIONS || random.nextBoolean();
      }
      ids[i] = "e" + i;
    }
    return new Decisions(rows, numeric, categories, mask, ids, new int[rows]);
  }

  /** Points on a grid, as logs have them: they lie on thresholds. */
  private static float[] points(int rows) {
    SplittableRandom random = new SplittableRandom(7);
    float[] points = new float[2 * rows];
    for (int i = 0; i < points.length; i++) {
      points[i] = i % 2 == 0 ? -2 + random.nextInt(5) : 10 + random.nextInt(21);
    }
    return points;
  }
}
