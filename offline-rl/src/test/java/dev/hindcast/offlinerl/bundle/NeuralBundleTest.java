package dev.hindcast.offlinerl.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.bundle.OnnxCheck;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.head.HeadPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeuralBundleTest {
  private static final int ACTIONS = 4;
  private static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("age", "weight"),
          List.of(new ObservationSpace.CategoricalField("ward", List.of("a", "b", "c"))));
  private static final Architecture ARCHITECTURE = Architecture.of(SPACE, 2, List.of(8), ACTIONS);
  private static final Normalizer NORMALIZER =
      new Normalizer(new float[] {50, 70}, new float[] {20.001f, 12.5f});
  private static final float[] PARAMETERS =
      ARCHITECTURE.initialParameters(new SplittableRandom(1), Architecture.Initialization.UNIFORM);
  private static final ActionSpace SPACE_OF_ACTIONS = new ActionSpace.Discrete(ACTIONS);
  private static final FrozenProduct POLICY =
      softmax(new FrozenProduct.Weights(ARCHITECTURE, PARAMETERS));
  private static final FrozenProduct VALUES =
      values(new FrozenProduct.Weights(ARCHITECTURE, PARAMETERS));

  @TempDir private Path folder;

  @Test
  void policySurvivesARoundTripBitForBit() {
    BundleManifest published = publish(POLICY, true);
    Bundle loaded = loader().load(folder.resolve("b"));
    assertThat(loaded.manifest().fingerprint()).isEqualTo(published.fingerprint());
    double[] expected = policy(true).categorical(sample()).probabilities();
    assertThat(loaded.policy().orElseThrow().categorical(sample()).probabilities())
        .containsExactly(expected);
    assertThat(loaded.qFunction()).isEmpty();
    assertThat(published.kind()).isEqualTo("policy");
    assertThat(published.onnx().orElseThrow().maxDifference()).isLessThanOrEqualTo(1e-5);
    assertThat(published.onnx().orElseThrow().rowsChecked()).isEqualTo(200);
  }

  @Test
  void qFunctionSurvivesARoundTripBitForBit() {
    assertThat(publish(VALUES, false).kind()).isEqualTo("q_function");
    Bundle loaded = loader().load(folder.resolve("b"));
    assertThat(loaded.qFunction().orElseThrow().values(sample()))
        .containsExactly(
            NeuralFunctions.values(VALUES, NORMALIZER, SPACE_OF_ACTIONS).values(sample()));
    assertThat(loaded.policy()).isEmpty();
  }

  @Test
  void maskedPolicyKeepsToTheMaskAndUnmaskedOneDoesNotAsk() {
    Decisions sample = sample();
    double[] masked = policy(true).categorical(sample).probabilities();
    for (int i = 0; i < masked.length; i++) {
      assertThat(masked[i] == 0).isEqualTo(!sample.mask()[i]);
    }
    double[] free = policy(false).categorical(sample).probabilities();
    assertThat(Arrays.stream(free).min().orElseThrow()).isPositive();
  }

  @Test
  void policyRefusesADecisionWithoutAdmissibleActions() {
    Decisions none =
        new Decisions(
            1, new float[2], new int[1], new boolean[ACTIONS], new String[] {"e7"}, new int[] {3});
    assertThatThrownBy(() -> policy(true).categorical(none))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot choose an action in episode e7 step 3: its mask admits none.");
  }

  @Test
  void sameNetworkGivesTheSameBytes() throws IOException {
    publish(POLICY, true);
    Path first = Files.move(folder.resolve("b"), folder.resolve("first"));
    publish(POLICY, true);
    for (String file :
        List.of(
            "manifest.json",
            "weights.safetensors",
            "architecture.json",
            "model.onnx",
            "model-card.md",
            "metrics.jsonl")) {
      assertThat(folder.resolve("b").resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
  }

  @Test
  void exportThatComputesSomethingElseIsRefused() {
    float[] other = PARAMETERS.clone();
    other[other.length - 1] += 0.01f;
    byte[] model =
        OnnxModel.of(
                values(new FrozenProduct.Weights(ARCHITECTURE, other)),
                NORMALIZER,
                SPACE_OF_ACTIONS,
                false)
            .toByteArray();
    OnnxCheck check = NeuralFunctions.check(VALUES, NORMALIZER, SPACE_OF_ACTIONS, false);
    assertThatThrownBy(() -> check.greatestDifference(model, sample()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("its values differ by 0.01")
        .hasMessageContaining("is allowed");
  }

  @Test
  void exportWithOtherOutputsIsRefused() {
    byte[] model = OnnxModel.of(VALUES, NORMALIZER, SPACE_OF_ACTIONS, false).toByteArray();
    OnnxCheck check = NeuralFunctions.check(POLICY, NORMALIZER, SPACE_OF_ACTIONS, false);
    assertThatThrownBy(() -> check.greatestDifference(model, sample()))
        .hasMessage("The ONNX export gives [values], not [probabilities].");
  }

  @Test
  void linearNetworkOnNumbersOnlyAndOnCategoriesOnlyCanBeExported() {
    for (ObservationSpace space :
        List.of(ObservationSpace.ofNumbers(2), ObservationSpace.ofStates(3))) {
      Architecture architecture = Architecture.of(space, 8, List.of(), ACTIONS);
      int d = architecture.numeric();
      float[] ones = new float[d];
      Arrays.fill(ones, 1);
      Normalizer none = new Normalizer(new float[d], ones);
      FrozenProduct product =
          values(
              new FrozenProduct.Weights(
                  architecture,
                  architecture.initialParameters(
                      new SplittableRandom(2), Architecture.Initialization.UNIFORM)));
      Decisions one =
          new Decisions(
              1,
              new float[d],
              new int[architecture.embeddings().size()],
              new boolean[0],
              new String[1],
              new int[1]);
      byte[] model = OnnxModel.of(product, none, SPACE_OF_ACTIONS, false).toByteArray();
      assertThat(
              NeuralFunctions.check(product, none, SPACE_OF_ACTIONS, false)
                  .greatestDifference(model, one))
          .isLessThanOrEqualTo(1e-5);
    }
  }

  @Test
  void weightsThatDoNotFitTheArchitectureAreRefused() throws IOException {
    BundleManifest manifest = publish(POLICY, true);
    Path weights = folder.resolve("b/weights.safetensors");
    Files.write(weights, NeuralBundleFormat.weights(softmax(fresh(9, ACTIONS)), NORMALIZER));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("tensor policy.layer.0.weight has shape [9, 4], not [8, 4]");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 100));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its weights are damaged");
  }

  @Test
  void architectureThatDoesNotFitTheManifestIsRefused() throws IOException {
    BundleManifest manifest = publish(POLICY, true);
    replace(softmax(fresh(8, ACTIONS + 1)));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .hasMessageContaining("does not fit the manifest's observation and action space");
  }

  @Test
  void headThatDoesNotFitTheManifestIsRefused() throws IOException {
    BundleManifest manifest = publish(POLICY, true);
    FrozenProduct.Weights weights = new FrozenProduct.Weights(ARCHITECTURE, PARAMETERS);
    replace(VALUES);
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .hasMessageContaining("the manifest says policy, but the head is that of a q_function");
    replace(FrozenProduct.of(new Head.Deterministic(), Head.POLICY, weights));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .hasMessageContaining("the head Deterministic does not suit 4 discrete actions");
    replace(FrozenProduct.of(new Head.Greedy(0.3), Head.Q, weights));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .hasMessageContaining("there are networks [q], not [behavior, q]");
    Files.writeString(folder.resolve("b/architecture.json"), "{\"head\": {\"kind\": \"oracle\"}}");
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("oracle");
  }

  @Test
  void sizesFarBeyondTheWeightsAreRefusedBeforeTheyAreMade() throws IOException {
    BundleManifest manifest = publish(POLICY, true);
    Files.write(
        folder.resolve("b/architecture.json"),
        NeuralBundleFormat.architecture(
            softmax(
                new FrozenProduct.Weights(
                    Architecture.of(SPACE, 2, List.of(100_000_000), ACTIONS), new float[0]))));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has shape [8, 4], not [100000000, 4]");
  }

  @Test
  void snapshotsAreExportedBesideTheEnd() throws IOException {
    FrozenProduct earlier = softmax(fresh(8, ACTIONS));
    BundleManifest manifest =
        publish(POLICY, true, new TreeMap<>(Map.of(8L, earlier, 10L, POLICY)));
    assertThat(manifest.files())
        .extracting(ArtefactFile::path)
        .contains("snapshots/8/model.onnx", "snapshots/10/model.onnx");
    assertThat(folder.resolve("b/snapshots/10/model.onnx"))
        .hasSameBinaryContentAs(folder.resolve("b/model.onnx"));
    byte[] model = Files.readAllBytes(folder.resolve("b/snapshots/8/model.onnx"));
    assertThat(
            NeuralFunctions.check(earlier, NORMALIZER, SPACE_OF_ACTIONS, true)
                .greatestDifference(model, sample()))
        .isLessThanOrEqualTo(1e-5);
  }

  @Test
  void modelCardSaysWhatItIsAndHowToUseIt() throws IOException {
    publish(POLICY, true);
    assertThat(Files.readString(folder.resolve("b/model-card.md")))
        .startsWith("# test\n\nA policy over 4 discrete actions, trained offline with `iql`")
        .contains(
            "Learns well.",
            "- dataset `wards`, `sha256:",
            "- 120 steps of its training side",
            "`age`, `weight`",
            "\"expectile\" : 0.7",
            "| value_loss | 0.25 |",
            "before it decides anything",
            "{\"observation\": numbers, \"observation_codes\": codes, \"action_mask\": mask}",
            "new BundleLoader(NeuralBundleFormat.all())");
  }

  private void replace(FrozenProduct product) throws IOException {
    Files.write(folder.resolve("b/architecture.json"), NeuralBundleFormat.architecture(product));
    Files.write(
        folder.resolve("b/weights.safetensors"), NeuralBundleFormat.weights(product, NORMALIZER));
  }

  private BundleManifest publish(FrozenProduct product, boolean usesMask) {
    return publish(product, usesMask, new TreeMap<>());
  }

  private BundleManifest publish(
      FrozenProduct product, boolean usesMask, SortedMap<Long, FrozenProduct> snapshots) {
    Provenance provenance =
        new Provenance(
            List.of(new Provenance.Input("dataset", "wards", Fingerprint.ofJson("wards"))),
            JsonNodeFactory.instance.objectNode().put("expectile", 0.7),
            0,
            new CodeVersion("0", "test"));
    NeuralBundle bundle =
        new NeuralBundle(
            new TrainingRecord(
                "test",
                "iql",
                "Learns well.",
                product.head().isPolicy() ? BundleManifest.POLICY : BundleManifest.Q_FUNCTION,
                SPACE,
                SPACE_OF_ACTIONS,
                usesMask,
                Optional.empty(),
                0.99,
                10,
                Map.of("value_loss", 0.25, "steps", 120.0),
                "{\"update\":10}\n",
                provenance),
            product,
            snapshots,
            NORMALIZER);
    try (ArtefactWriter writer =
        ArtefactWriter.begin(folder.resolve("b").toString(), ArtefactWriter.Existing.REFUSE)) {
      return bundle.publish(writer, sample());
    }
  }

  private static BundleLoader loader() {
    return new BundleLoader(NeuralBundleFormat.all());
  }

  private static HeadPolicy policy(boolean usesMask) {
    return NeuralFunctions.policy(POLICY, NORMALIZER, SPACE_OF_ACTIONS, usesMask);
  }

  private static FrozenProduct softmax(FrozenProduct.Weights weights) {
    return FrozenProduct.of(new Head.Softmax(), Head.POLICY, weights);
  }

  private static FrozenProduct values(FrozenProduct.Weights weights) {
    return FrozenProduct.of(new Head.ActionValues(), Head.Q, weights);
  }

  private static FrozenProduct.Weights fresh(int hidden, int outputs) {
    Architecture architecture = Architecture.of(SPACE, 2, List.of(hidden), outputs);
    return new FrozenProduct.Weights(
        architecture,
        architecture.initialParameters(
            new SplittableRandom(3), Architecture.Initialization.UNIFORM));
  }

  private static Decisions sample() {
    int n = 200;
    SplittableRandom random = new SplittableRandom(7);
    float[] numeric = new float[n * 2];
    int[] codes = new int[n];
    boolean[] mask = new boolean[n * ACTIONS];
    for (int i = 0; i < n; i++) {
      numeric[2 * i] = (float) (20 + 60 * random.nextDouble());
      numeric[2 * i + 1] = (float) (50 + 40 * random.nextDouble());
      codes[i] = random.nextInt(4);
      for (int a = 0; a < ACTIONS; a++) {
        mask[i * ACTIONS + a] = a == i % ACTIONS || random.nextBoolean();
      }
    }
    return new Decisions(n, numeric, codes, mask, new String[n], new int[n]);
  }
}
