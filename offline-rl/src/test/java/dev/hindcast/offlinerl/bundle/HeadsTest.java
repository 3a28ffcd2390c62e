package dev.hindcast.offlinerl.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.bundle.OnnxCheck;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.head.HeadPolicy;
import dev.hindcast.training.head.HeadQFunction;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every head means, by hand for networks without inputs that matter, and in its export. */
class HeadsTest {
  private static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("age", "weight"),
          List.of(new ObservationSpace.CategoricalField("ward", List.of("a", "b", "c"))));
  private static final Normalizer NORMALIZER =
      new Normalizer(new float[] {50, 70}, new float[] {20.001f, 12.5f});
  private static final ActionSpace.Discrete CHOICES = new ActionSpace.Discrete(3);
  private static final ActionSpace.Box BOX =
      new ActionSpace.Box(List.of(-2f, 10f), List.of(2f, 30f));
  private static final Head SQUASHED = new Head.SquashedGaussian(-1, 0.5);

  static List<Head> heads() {
    return List.of(
        new Head.Softmax(),
        new Head.Greedy(0),
        new Head.Greedy(0.3),
        new Head.Greedy(1),
        new Head.Deterministic(),
        new Head.TanhMeanGaussian(),
        new Head.FreeMeanGaussian(),
        SQUASHED,
        new Head.Residual(0.4),
        new Head.ActionValues(),
        new Head.ActionValue());
  }

  @ParameterizedTest
  @MethodSource("heads")
  void exportComputesWhatTheBundleComputes(Head head) {
    for (Normalization normalization : Normalization.values()) {
      FrozenProduct product = random(head, normalization);
      ActionSpace space = space(head);
      byte[] model = OnnxModel.of(product, NORMALIZER, space, head.isDiscrete()).toByteArray();
      OnnxCheck check = NeuralFunctions.check(product, NORMALIZER, space, head.isDiscrete());
      assertThat(check.greatestDifference(model, sample(300))).isLessThanOrEqualTo(1e-4);
      Decisions missing = sample(300);
      for (int i = 0; i < missing.numeric().length; i += 5) {
        missing.numeric()[i] = Float.NaN;
      }
      assertThat(check.greatestDifference(model, missing)).isLessThanOrEqualTo(1e-4);
    }
  }

  @ParameterizedTest
  @MethodSource("heads")
  void fileSaysWhichHeadItIs(Head head) {
    FrozenProduct product = random(head, Normalization.NONE);
    NeuralBundleFormat.Description read =
        CanonicalJson.read(
            NeuralBundleFormat.architecture(product), NeuralBundleFormat.Description.class);
    assertThat(read.head()).isEqualTo(head);
    assertThat(read.networks().keySet()).isEqualTo(product.networks().keySet());
  }

  @ParameterizedTest
  @EnumSource(Normalization.class)
  void missingRolesAndForeignVectorsAreRefused(Normalization normalization) {
    FrozenProduct residual = random(new Head.Residual(0.4), normalization);
    FrozenProduct half =
        new FrozenProduct(
            residual.head(), Map.of(Head.BASE, residual.networks().get(Head.BASE)), Map.of());
    assertThatThrownBy(() -> half.checkFits(SPACE, BOX))
        .hasMessage("there are networks [base], not [base, policy]");
    FrozenProduct gaussian = random(new Head.TanhMeanGaussian(), normalization);
    FrozenProduct bare = new FrozenProduct(gaussian.head(), gaussian.networks(), Map.of());
    assertThatThrownBy(() -> bare.checkFits(SPACE, BOX))
        .hasMessage("there are vectors [], not [log_deviation]");
    FrozenProduct longer =
        new FrozenProduct(
            gaussian.head(), gaussian.networks(), Map.of(Head.LOG_DEVIATION, new float[3]));
    assertThatThrownBy(() -> longer.checkFits(SPACE, BOX))
        .hasMessage("vector log_deviation has 3 numbers, not 2");
  }

  @Test
  void greedyTakesTheBestAdmissibleActionAndTheFirstAmongEquals() {
    FrozenProduct product = product(new Head.Greedy(0), Map.of(Head.Q, new float[] {1, 3, 3}));
    HeadPolicy policy = NeuralFunctions.policy(product, NORMALIZER, CHOICES, true);
    assertThat(policy.categorical(masked(true, true, true)).probabilities())
        .containsExactly(0, 1, 0);
    assertThat(policy.categorical(masked(true, false, true)).probabilities())
        .containsExactly(0, 0, 1);
    assertThat(policy.undecided(masked(true, true, true))).containsExactly(true);
    assertThat(policy.undecided(masked(true, false, true))).containsExactly(false);
  }

  /** Relative probabilities 1, 1/2 and 1/6: at 0.3 the last is out, at 1/2 the second still in. */
  @Test
  void greedyPassesOverActionsThatTheBehaviorPolicyHardlyTakes() {
    float[] logits = {0, (float) Math.log(0.5), (float) Math.log(1 / 6.0)};
    Map<String, float[]> outputs = Map.of(Head.Q, new float[] {1, 2, 3}, Head.BEHAVIOR, logits);
    assertThat(chosen(0.1, outputs, masked(true, true, true))).containsExactly(0, 0, 1);
    assertThat(chosen(0.3, outputs, masked(true, true, true))).containsExactly(0, 1, 0);
    assertThat(chosen(0.6, outputs, masked(true, true, true))).containsExactly(1, 0, 0);
    assertThat(chosen(1, outputs, masked(true, true, true))).containsExactly(1, 0, 0);
    // without the most probable action the others are probable enough beside each other
    assertThat(chosen(0.3, outputs, masked(false, true, true))).containsExactly(0, 0, 1);
  }

  @Test
  void deterministicActsByTheTangentStretchedToTheBox() {
    ActionDistribution.Continuous actions =
        continuous(product(new Head.Deterministic(), Map.of(Head.POLICY, new float[] {0.5f, -1})));
    assertThat(actions.hasDensity()).isFalse();
    assertThat(actions.modes()[0]).isCloseTo((float) (2 * Math.tanh(0.5)), within(1e-5f));
    assertThat(actions.modes()[1]).isCloseTo((float) (20 + 10 * Math.tanh(-1)), within(1e-5f));
  }

  @Test
  void gaussiansHaveTheirDeviationsInTheUnitsOfTheBox() {
    Map<String, float[]> outputs = Map.of(Head.POLICY, new float[] {0.5f, 1.5f});
    Map<String, float[]> vectors = Map.of(Head.LOG_DEVIATION, new float[] {0, -1});
    ActionDistribution.Gaussian tanh =
        (ActionDistribution.Gaussian)
            continuous(product(new Head.TanhMeanGaussian(), outputs, vectors));
    assertThat(tanh.means()[1]).isCloseTo((float) (20 + 10 * Math.tanh(1.5)), within(1e-5f));
    assertThat(tanh.deviations()[0]).isCloseTo(2, within(1e-5f));
    assertThat(tanh.deviations()[1]).isCloseTo((float) (10 * Math.exp(-1)), within(1e-5f));
    ActionDistribution.Gaussian free =
        (ActionDistribution.Gaussian)
            continuous(product(new Head.FreeMeanGaussian(), outputs, vectors));
    assertThat(free.means()).containsExactly(1f, 35f);
    assertThat(free.modes()).containsExactly(1f, 30f);
  }

  @Test
  void squashedGaussianCutsItsLogDeviations() {
    ActionDistribution.SquashedGaussian actions =
        (ActionDistribution.SquashedGaussian)
            continuous(product(SQUASHED, Map.of(Head.POLICY, new float[] {0.5f, -1, -3, 0.2f})));
    assertThat(actions.means()).containsExactly(0.5f, -1f);
    assertThat(actions.deviations()[0]).isCloseTo((float) Math.exp(-1), within(1e-6f));
    assertThat(actions.deviations()[1]).isCloseTo((float) Math.exp(0.2), within(1e-6f));
    assertThat(actions.modes()[0]).isCloseTo((float) (2 * Math.tanh(0.5)), within(1e-5f));
  }

  @Test
  void residualAddsAScaledTangentAndCutsTheSum() {
    Map<String, float[]> outputs =
        Map.of(Head.BASE, new float[] {0.5f, 2}, Head.POLICY, new float[] {-1, 1});
    ActionDistribution.Continuous actions = continuous(product(new Head.Residual(0.4), outputs));
    double first = Math.tanh(0.5) + 0.4 * Math.tanh(-1);
    assertThat(actions.modes()[0]).isCloseTo((float) (2 * first), within(1e-5f));
    assertThat(actions.modes()[1]).isEqualTo(30f);
  }

  /**
   * The correction is a function of what the base does: its extra inputs are the base's actions.
   */
  @Test
  void residualShowsTheBaseActionToTheCorrection() {
    Architecture base = architecture(0, 2, List.of(), Normalization.NONE);
    Architecture policy = architecture(2, 2, List.of(), Normalization.NONE);
    float[] of = new float[policy.parameterCount()];
    int bias = of.length - 2;
    int inputs = policy.inputs();
    of[bias - 2 * inputs + inputs - 2] = 1; // first output: the first coordinate of the base
    FrozenProduct product =
        new FrozenProduct(
            new Head.Residual(0.4),
            Map.of(
                Head.BASE,
                new FrozenProduct.Weights(base, constant(base, 0.5f, 0)),
                Head.POLICY,
                new FrozenProduct.Weights(policy, of)),
            Map.of());
    double expected = Math.tanh(0.5) + 0.4 * Math.tanh(Math.tanh(0.5));
    assertThat(continuous(product).modes()[0]).isCloseTo((float) (2 * expected), within(1e-5f));
  }

  @Test
  void actionValueTakesActionsInTheUnitsOfTheBox() {
    Architecture q = architecture(2, 1, List.of(), Normalization.NONE);
    float[] parameters = new float[q.parameterCount()];
    parameters[parameters.length - 3] = 1; // first coordinate, in [-1, 1]
    parameters[parameters.length - 2] = 10; // second
    parameters[parameters.length - 1] = 100;
    HeadQFunction values =
        NeuralFunctions.values(
            FrozenProduct.of(
                new Head.ActionValue(), Head.Q, new FrozenProduct.Weights(q, parameters)),
            NORMALIZER,
            BOX);
    assertThat(values.values(sample(2), new float[] {-2, 30, 1, 15}))
        .containsExactly(new double[] {109, 95.5}, within(1e-4));
    Decisions one = sample(1);
    assertThatThrownBy(() -> values.values(one)).isInstanceOf(UnsupportedOperationException.class);
  }

  private static double[] chosen(
      double threshold, Map<String, float[]> outputs, Decisions decisions) {
    return NeuralFunctions.policy(
            product(new Head.Greedy(threshold), outputs), NORMALIZER, CHOICES, true)
        .categorical(decisions)
        .probabilities();
  }

  private static ActionDistribution.Continuous continuous(FrozenProduct product) {
    return NeuralFunctions.policy(product, NORMALIZER, BOX, false).continuous(sample(1));
  }

  private static ActionSpace space(Head head) {
    return head.isDiscrete() ? CHOICES : BOX;
  }

  /** Networks whose outputs are these, whatever the input. */
  private static FrozenProduct product(Head head, Map<String, float[]> outputs) {
    return product(head, outputs, Map.of());
  }

  private static FrozenProduct product(
      Head head, Map<String, float[]> outputs, Map<String, float[]> vectors) {
    Map<String, FrozenProduct.Weights> networks = new TreeMap<>();
    head.shapes(head.isDiscrete() ? 3 : 2)
        .forEach(
            (role, shape) -> {
              Architecture architecture =
                  architecture(shape.extra(), shape.outputs(), List.of(), Normalization.NONE);
              networks.put(
                  role,
                  new FrozenProduct.Weights(
                      architecture, constant(architecture, outputs.get(role))));
            });
    FrozenProduct product = new FrozenProduct(head, networks, vectors);
    product.checkFits(SPACE, space(head));
    return product;
  }

  private static float[] constant(Architecture architecture, float... outputs) {
    float[] parameters = new float[architecture.parameterCount()];
    System.arraycopy(outputs, 0, parameters, parameters.length - outputs.length, outputs.length);
    return parameters;
  }

  private static FrozenProduct random(Head head, Normalization normalization) {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, FrozenProduct.Weights> networks = new TreeMap<>();
    new TreeMap<>(head.shapes(head.isDiscrete() ? 3 : 2))
        .forEach(
            (role, shape) -> {
              Architecture architecture =
                  architecture(shape.extra(), shape.outputs(), List.of(16, 8), normalization);
              float[] parameters =
                  architecture.initialParameters(random, Architecture.Initialization.UNIFORM);
              for (int i = 0; i < parameters.length; i++) {
                parameters[i] *= 2; // outputs that differ enough for a head to matter
              }
              networks.put(role, new FrozenProduct.Weights(architecture, parameters));
            });
    Map<String, float[]> vectors = new TreeMap<>();
    head.vectors().forEach(name -> vectors.put(name, new float[] {-0.5f, 0.25f}));
    return new FrozenProduct(head, networks, vectors);
  }

  private static Architecture architecture(
      int extra, int outputs, List<Integer> hidden, Normalization normalization) {
    Architecture plain = Architecture.of(SPACE, 2, hidden, outputs);
    return new Architecture(
        plain.numeric(), plain.embeddings(), extra, hidden, normalization, outputs);
  }

  private static Decisions masked(boolean... mask) {
    return new Decisions(1, new float[] {40, 60}, new int[] {1}, mask, new String[1], new int[1]);
  }

  private static Decisions sample(int n) {
    SplittableRandom random = new SplittableRandom(7);
    float[] numeric = new float[n * 2];
    int[] codes = new int[n];
    boolean[] mask = new boolean[n * 3];
    for (int i = 0; i < n; i++) {
      numeric[2 * i] = (float) (20 + 60 * random.nextDouble());
      numeric[2 * i + 1] = (float) (50 + 40 * random.nextDouble());
      codes[i] = random.nextInt(4);
      for (int a = 0; a < 3; a++) {
        mask[i * 3 + a] = a == i % 3 || random.nextBoolean();
      }
    }
    return new Decisions(n, numeric, codes, mask, new String[n], new int[n]);
  }
}
