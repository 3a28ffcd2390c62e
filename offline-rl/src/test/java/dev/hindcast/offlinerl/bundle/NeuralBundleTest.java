package dev.hindcast.offlinerl.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CodeVersion;
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
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
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

  @TempDir private Path folder;

  @Test
  void policySurvivesARoundTripBitForBit() {
    BundleManifest published = publish(BundleManifest.POLICY, true);
    Bundle loaded = loader().load(folder.resolve("b"));
    assertThat(loaded.manifest().fingerprint()).isEqualTo(published.fingerprint());
    double[] expected = new NeuralPolicy(network(), true).distribution(sample()).probabilities();
    assertThat(loaded.policy().orElseThrow().categorical(sample()).probabilities())
        .containsExactly(expected);
    assertThat(loaded.qFunction()).isEmpty();
    assertThat(published.onnx().orElseThrow().maxDifference()).isLessThanOrEqualTo(1e-5);
    assertThat(published.onnx().orElseThrow().rowsChecked()).isEqualTo(200);
  }

  @Test
  void qFunctionSurvivesARoundTripBitForBit() {
    publish(BundleManifest.Q_FUNCTION, false);
    Bundle loaded = loader().load(folder.resolve("b"));
    assertThat(loaded.qFunction().orElseThrow().values(sample()))
        .containsExactly(new NeuralQFunction(network()).values(sample()));
    assertThat(loaded.policy()).isEmpty();
  }

  @Test
  void maskedPolicyKeepsToTheMaskAndUnmaskedOneDoesNotAsk() {
    Decisions sample = sample();
    double[] masked = new NeuralPolicy(network(), true).distribution(sample).probabilities();
    for (int i = 0; i < masked.length; i++) {
      assertThat(masked[i] == 0).isEqualTo(!sample.mask()[i]);
    }
    double[] free = new NeuralPolicy(network(), false).distribution(sample).probabilities();
    assertThat(Arrays.stream(free).min().orElseThrow()).isPositive();
  }

  @Test
  void policyRefusesADecisionWithoutAdmissibleActions() {
    Decisions none =
        new Decisions(
            1, new float[2], new int[1], new boolean[ACTIONS], new String[] {"e7"}, new int[] {3});
    assertThatThrownBy(() -> new NeuralPolicy(network(), true).distribution(none))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot choose an action in episode e7 step 3: its mask admits none.");
  }

  @Test
  void sameNetworkGivesTheSameBytes() throws IOException {
    publish(BundleManifest.POLICY, true);
    Path first = Files.move(folder.resolve("b"), folder.resolve("first"));
    publish(BundleManifest.POLICY, true);
    for (String file :
        List.of(
            "manifest.json",
            "weights.safetensors",
            "architecture.json",
            "model.onnx",
            "metrics.jsonl")) {
      assertThat(folder.resolve("b").resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
  }

  @Test
  void exportThatComputesSomethingElseIsRefused() {
    float[] other = PARAMETERS.clone();
    other[other.length - 1] += 0.01f;
    byte[] model = OnnxModel.of(ARCHITECTURE, NORMALIZER, other, false, false).toByteArray();
    double[] expected = new NeuralQFunction(network()).values(sample());
    assertThatThrownBy(
            () -> OnnxCheck.greatestDifference(model, sample(), ARCHITECTURE, false, expected))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("outputs differ by 0.01")
        .hasMessageContaining("at most 1.0E-5 is allowed");
  }

  @Test
  void linearNetworkOnNumbersOnlyAndOnCategoriesOnlyCanBeExported() {
    for (ObservationSpace space :
        List.of(ObservationSpace.ofNumbers(2), ObservationSpace.ofStates(3))) {
      Architecture architecture = Architecture.of(space, 8, List.of(), 2);
      int d = architecture.numeric();
      float[] ones = new float[d];
      Arrays.fill(ones, 1);
      Normalizer none = new Normalizer(new float[d], ones);
      float[] parameters =
          architecture.initialParameters(
              new SplittableRandom(2), Architecture.Initialization.UNIFORM);
      Decisions one =
          new Decisions(
              1,
              new float[d],
              new int[architecture.embeddings().size()],
              new boolean[0],
              new String[1],
              new int[1]);
      double[] expected =
          new NeuralQFunction(new MultilayerPerceptron(architecture, none, parameters)).values(one);
      byte[] model = OnnxModel.of(architecture, none, parameters, false, false).toByteArray();
      assertThat(OnnxCheck.greatestDifference(model, one, architecture, false, expected))
          .isLessThanOrEqualTo(1e-5);
    }
  }

  @Test
  void weightsThatDoNotFitTheArchitectureAreRefused() throws IOException {
    BundleManifest manifest = publish(BundleManifest.POLICY, true);
    Path weights = folder.resolve("b/weights.safetensors");
    Architecture other = Architecture.of(SPACE, 2, List.of(9), ACTIONS);
    Files.write(
        weights,
        NeuralBundleFormat.weights(
            other,
            NORMALIZER,
            other.initialParameters(new SplittableRandom(1), Architecture.Initialization.UNIFORM)));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("tensor layer.0.weight has shape [9, 4], not [8, 4]");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 100));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its weights are damaged");
  }

  @Test
  void architectureThatDoesNotFitTheManifestIsRefused() throws IOException {
    BundleManifest manifest = publish(BundleManifest.POLICY, true);
    Architecture other = Architecture.of(SPACE, 2, List.of(8), ACTIONS + 1);
    Files.write(
        folder.resolve("b/architecture.json"),
        dev.hindcast.core.artefact.CanonicalJson.bytes(other));
    Files.write(
        folder.resolve("b/weights.safetensors"),
        NeuralBundleFormat.weights(
            other,
            NORMALIZER,
            other.initialParameters(new SplittableRandom(1), Architecture.Initialization.UNIFORM)));
    assertThatThrownBy(() -> new NeuralBundleFormat().load(manifest, folder.resolve("b")))
        .hasMessageContaining("does not fit the manifest's observation and action space");
  }

  private BundleManifest publish(String kind, boolean usesMask) {
    Provenance provenance =
        new Provenance(
            List.of(), JsonNodeFactory.instance.objectNode(), 0, new CodeVersion("0", "test"));
    NeuralBundle bundle =
        new NeuralBundle(
            kind,
            "test",
            "iql",
            SPACE,
            new ActionSpace.Discrete(ACTIONS),
            usesMask,
            Optional.empty(),
            0.99,
            10,
            Map.of("value_loss", 0.25),
            "{\"update\":10}\n",
            provenance,
            ARCHITECTURE,
            NORMALIZER,
            PARAMETERS);
    try (ArtefactWriter writer =
        ArtefactWriter.begin(folder.resolve("b").toString(), ArtefactWriter.Existing.REFUSE)) {
      return bundle.publish(writer, sample());
    }
  }

  private static BundleLoader loader() {
    return new BundleLoader(List.of(new NeuralBundleFormat()));
  }

  private static MultilayerPerceptron network() {
    return new MultilayerPerceptron(ARCHITECTURE, NORMALIZER, PARAMETERS);
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
