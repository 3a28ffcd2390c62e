package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Experience.Acted;
import dev.hindcast.training.learner.LambdaReturn;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Proximal policy optimization with boosted trees: an actor and a critic that grow by a few trees
 * on every batch of fresh episodes. Fuhrer, Tessler, Dalal (2025), arXiv:2407.08250; the losses are
 * those of Schulman, Wolski, Dhariwal, Radford, Klimov (2017), arXiv:1707.06347. With one epoch of
 * one part it is advantage actor-critic.
 *
 * <p>Each iteration learns from new episodes of the very policy it trains: a learner of these,
 * which takes up the state of the last one or {@linkplain #goOn goes on} from it, makes {@link
 * Config#rounds()} updates. An update is one round against the gradients of one part of the steps,
 * a policy's tree for each action and one for the value; the other rows of the matrix count for
 * nothing in it. All Hessians are 1: every leaf steps against the mean gradient of its rows. Once
 * the policy has strayed as far as it may from where it began, the iteration's other updates do
 * nothing. Steps of a policy near it, with {@link Acted#AS_LOGGED their propensities}, serve too:
 * the clipped ratio is then that to whoever acted, and only the stop looks at where the policy
 * began (the two roles are told apart by Hilton, Cobbe, Schulman, 2021, arXiv:2110.00641).
 *
 * <p>Ensembles would grow with every iteration for ever. One that has {@code most-rounds} is fitted
 * by a smaller one on what was seen lately, and goes on from that if both agree on every other
 * fresh observation, which is set aside for this.
 *
 * <p>Departs: policy and value have an ensemble each. With one tree for each output, as XGBoost
 * grows them here, a shared ensemble would share nothing but its file; their rates differ as they
 * would there. Trees are depth-wise and their splits are found by the plain sum of squared
 * gradients, where the paper's library has oblivious trees and a cosine score. Means of actions in
 * a box follow the natural gradient, and the rate of their deviations does not fall.
 */
public final class GradientBoostedPpo implements TreeLearner {
  private static final double AGREEMENT = 0.05;
  private static final double VALUE_AGREEMENT = 0.2;
  private static final double DISTILLING_RATE = 0.3;
  private static final int DISTILLING_BINS = 1024;

  private final Config config;
  private final ProximalPolicy policy;
  private final TreeFunction value;
  private final Memory memory;
  private final Iteration iteration;
  private Setting setting;

  /**
   * What can be set.
   *
   * @param valueRate the rate of the value's trees, in (0, 1]; the policy's is that of the growth
   * @param advantageDecay λ of generalized advantage estimation, in [0, 1]
   * @param clip ε: how far the probability of an action may move for its advantage, above 0
   * @param entropyWeight what a nat of entropy is worth, at least 0
   * @param epochs how often an iteration sees every step
   * @param parts into how many parts steps are divided in each epoch, by chance; one round for each
   * @param divergenceLimit how far the policy may stray from the one that acted before the
   *     iteration stops, in nats, above 0
   * @param deviation how far actions in a box are drawn around their mean at the beginning, in
   *     halves of the box, above 0
   * @param deviationRate the rate at which Adam changes the logarithm of that, at least 0
   * @param growth how trees grow
   * @param mostRounds ensembles of more rounds are fitted by smaller ones
   * @param distilledRounds how many rounds those have, or so many times as many as they need to
   *     agree, but not more than half of the most
   * @param rememberedRows how many observations of past iterations they are fitted on
   */
  public record Config(
      double valueRate,
      double advantageDecay,
      double clip,
      double entropyWeight,
      int epochs,
      int parts,
      double divergenceLimit,
      double deviation,
      double deviationRate,
      Growth growth,
      int mostRounds,
      int distilledRounds,
      int rememberedRows)
      implements Serializable {
    /** The general settings of the paper's library, but for the bound on rounds. */
    public static final Config DEFAULT =
        new Config(
            0.005,
            0.95,
            0.2,
            0,
            10,
            16,
            0.015,
            0.5,
            1.7e-3,
            new Growth(0.05, 4, 0, 0, 0, 0, 0, 256, 1, 1, 4, 64, List.of(), List.of(), List.of()),
            3000,
            300,
            8192);

    /** Checks the ranges. */
    public Config {
      Require.that(
          valueRate > 0 && valueRate <= 1,
          "value-rate is " + valueRate + ", but must lie in (0, 1].");
      Require.closed("advantage-decay", advantageDecay, 0, 1);
      Require.positive("clip", clip);
      Require.nonNegative("entropy-weight", entropyWeight);
      Require.positive("epochs", epochs);
      Require.positive("parts", parts);
      Require.positive("divergence-limit", divergenceLimit);
      Require.positive("deviation", deviation);
      Require.nonNegative("deviation-rate", deviationRate);
      Require.positive("distilled-rounds", distilledRounds);
      Require.positive("remembered-rows", rememberedRows);
      Require.that(
          mostRounds > distilledRounds,
          "most-rounds is " + mostRounds + ", but must be more than distilled-rounds.");
    }

    /** How many updates an iteration makes. */
    public int rounds() {
      return epochs * parts;
    }
  }

  /** On fresh episodes. */
  public GradientBoostedPpo(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    policy = ProximalPolicy.of(setting, config);
    value =
        setting.function(
            "value", List.of(Output.named("value")), config.growth().withRate(config.valueRate()));
    memory = new Memory(Features.of(setting.data().observationSpace()), config.rememberedRows());
    iteration = new Iteration();
  }

  /**
   * Goes on with the steps of the next iteration, as a learner of these would that took up this
   * one's state. The setting before may be closed then.
   */
  public void goOn(Setting next) {
    policy.trees().on(next.observations(config.growth()));
    value.on(next.observations(config.growth()));
    setting = next;
  }

  @Override
  public Losses update(MiniBatch batch) {
    int version = setting.experience().fresh().map(Experience.Fresh::version).orElse(0);
    if (!iteration.isOf(version)) {
      MiniBatch aside = everyOther(batch, 1);
      remember(everyOther(batch, 0));
      Map<String, Double> figures = new HashMap<>(distill(aside));
      remember(aside);
      iteration.begin(version, batch);
      figures.putAll(round(batch));
      return Losses.of(figures);
    }
    return Losses.of(round(batch));
  }

  private Map<String, Double> round(MiniBatch batch) {
    if (iteration.isOver) {
      return Map.of("divergence", iteration.divergence);
    }
    int[] places = part((int) batch.update());
    MiniBatch part = part(batch, places);
    Map<String, Double> figures =
        new HashMap<>(
            policy.improve(part, iteration.logActed(places), iteration.advantages(places)));
    int[] rows = part.observations();
    float[] ones = new float[rows.length];
    Arrays.fill(ones, 1);
    RowLoss loss = RowLoss.squaredError(value.outputs(rows), iteration.returns(places), ones);
    figures.put("value_loss", value.grow(loss, rows));
    if ((batch.update() + 1) % config.parts() == 0) {
      iteration.lookBack(batch);
    }
    figures.put("divergence", iteration.divergence);
    figures.put("policy_rounds", (double) policy.trees().rounds());
    return figures;
  }

  private boolean isAsLogged() {
    return setting.data().hasPropensities()
        && setting.experience().fresh().map(Experience.Fresh::acted).orElse(Acted.BY_THE_POLICY)
            == Acted.AS_LOGGED;
  }

  /** The places of an update's part among the steps: every epoch deals them anew. */
  private int[] part(int update) {
    int n = iteration.size();
    int epoch = update / config.parts();
    SplittableRandom random =
        new SplittableRandom(
            StableHash.combine(
                setting.seedOf("parts"), (long) iteration.version * config.epochs() + epoch));
    int[] order = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    int part = update % config.parts();
    int from = (int) ((long) n * part / config.parts());
    int to = (int) ((long) n * (part + 1) / config.parts());
    return Arrays.copyOfRange(order, from, Math.max(to, Math.min(n, from + 1)));
  }

  private static int[] at(int[] all, int[] places) {
    return IntStream.of(places).map(place -> all[place]).toArray();
  }

  private MiniBatch everyOther(MiniBatch batch, int from) {
    int[] rows = batch.rows();
    int[] some = IntStream.range(0, rows.length).filter(i -> i % 2 == from).toArray();
    return part(batch, some.length == 0 ? new int[1] : some);
  }

  private MiniBatch part(MiniBatch batch, int[] places) {
    return new MiniBatch(
        setting.experience(),
        at(batch.rows(), places),
        batch.update(),
        batch.progress(),
        setting.seed());
  }

  private void remember(MiniBatch batch) {
    memory.add(
        setting
            .observations(config.growth())
            .features()
            .rows(setting.data(), batch.observations()));
  }

  /**
   * Goes on from smaller ensembles where these have become large. They are fitted on what was seen
   * so far, and must agree on what is set aside.
   */
  private Map<String, Double> distill(MiniBatch aside) {
    Map<String, Double> figures = new HashMap<>();
    int[] rows = aside.observations();
    if (iteration.isLarge(policy.trees())) {
      float[] before = policy.trees().outputs(rows);
      figures.put(
          "distilled_divergence",
          distill(
              policy.trees(), rows, after -> policy.divergence(aside, before, after), AGREEMENT));
    }
    if (iteration.isLarge(value)) {
      float[] before = value.outputs(rows);
      figures.put(
          "distilled_error",
          distill(value, rows, after -> relativeError(before, after), VALUE_AGREEMENT));
    }
    return figures;
  }

  private double distill(
      TreeFunction function, int[] rows, ToDoubleFunction<float[]> apart, double limit) {
    try (FeatureMatrix remembered = memory.matrix()) {
      double error =
          function.distill(
              remembered,
              distilling(),
              config.distilledRounds(),
              config.mostRounds() / 2,
              rows,
              apart,
              limit);
      iteration.isTried(function);
      return error;
    }
  }

  /**
   * Long steps with finer thresholds: those of the ensemble come from many iterations, each with
   * bins of its own. Deeper trees fit what is remembered better, and what is not worse.
   */
  private Growth distilling() {
    Growth growth = config.growth();
    return new Growth(
        DISTILLING_RATE,
        growth.depth(),
        0,
        0,
        0,
        0,
        0,
        DISTILLING_BINS,
        1,
        1,
        growth.maxCategoriesToOneHot(),
        growth.maxCategoriesPerSplit(),
        growth.increasing(),
        growth.decreasing(),
        growth.interactions());
  }

  /** The root of the mean squared difference, in deviations of the first. */
  private static double relativeError(float[] teacher, float[] student) {
    double sum = 0;
    double squares = 0;
    double errors = 0;
    for (int i = 0; i < teacher.length; i++) {
      double error = (double) teacher[i] - student[i];
      sum += teacher[i];
      squares += (double) teacher[i] * teacher[i];
      errors += error * error;
    }
    double mean = sum / teacher.length;
    double variance = squares / teacher.length - mean * mean;
    return variance > 0 ? Math.sqrt(errors / teacher.length / variance) : 0;
  }

  @Override
  public Map<String, Part> parts() {
    Map<String, Part> parts = new HashMap<>(policy.parts());
    parts.put("value", value);
    parts.put("memory", memory);
    parts.put("iteration", iteration);
    return parts;
  }

  @Override
  public TreeProduct product() {
    return policy.product();
  }

  /** What was known of the steps when the iteration began, and how far it has come. */
  private final class Iteration implements Part {
    private int version = -1;
    private boolean isOver;
    private double divergence;
    private int policyBound = config.mostRounds();
    private int valueBound = config.mostRounds();
    private float[] returns = new float[0];
    private float[] advantages = new float[0];
    private double[] logBefore = new double[0];
    private double[] logActed = new double[0];

    boolean isOf(int wanted) {
      return version == wanted;
    }

    int size() {
      return returns.length;
    }

    /** Whether a smaller ensemble is to be tried. */
    boolean isLarge(TreeFunction function) {
      return function.rounds() > (function == value ? valueBound : policyBound);
    }

    /** If that was in vain, it will be tried again some rounds later. */
    void isTried(TreeFunction function) {
      int next = Math.max(config.mostRounds(), function.rounds() + config.distilledRounds());
      if (function == value) {
        valueBound = next;
      } else {
        policyBound = next;
      }
    }

    void begin(int ofVersion, MiniBatch batch) {
      int[] rows = batch.rows();
      float[] values = value.outputs();
      float[] all = LambdaReturn.of(setting.experience(), values, config.advantageDecay());
      version = ofVersion;
      isOver = false;
      divergence = 0;
      returns = new float[rows.length];
      advantages = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        returns[i] = all[rows[i]];
        advantages[i] = all[rows[i]] - values[rows[i]];
      }
      logBefore = policy.logLikelihoods(batch);
      logActed = isAsLogged() ? logged(setting.data(), rows) : logBefore;
    }

    private static double[] logged(TransitionColumns data, int[] rows) {
      return IntStream.of(rows).mapToDouble(row -> Math.log(data.propensity(row))).toArray();
    }

    /** After an epoch: whether the policy has strayed too far. */
    void lookBack(MiniBatch batch) {
      double[] now = policy.logLikelihoods(batch);
      double sum = 0;
      for (int i = 0; i < now.length; i++) {
        double logRatio = now[i] - logBefore[i];
        sum += Math.exp(logRatio) - 1 - logRatio;
      }
      divergence = sum / now.length;
      isOver = divergence > config.divergenceLimit();
    }

    float[] returns(int[] places) {
      return at(returns, places);
    }

    /** With mean 0 and deviation 1. */
    float[] advantages(int[] places) {
      float[] some = at(advantages, places);
      double sum = 0;
      double squares = 0;
      for (float one : some) {
        sum += one;
        squares += (double) one * one;
      }
      double mean = sum / some.length;
      double deviation = Math.sqrt(Math.max(0, squares / some.length - mean * mean));
      for (int i = 0; i < some.length; i++) {
        some[i] = deviation > 0 ? (float) ((some[i] - mean) / deviation) : 0;
      }
      return some;
    }

    double[] logActed(int[] places) {
      double[] some = new double[places.length];
      for (int i = 0; i < some.length; i++) {
        some[i] = logActed[places[i]];
      }
      return some;
    }

    private static float[] at(float[] all, int[] places) {
      float[] some = new float[places.length];
      for (int i = 0; i < some.length; i++) {
        some[i] = all[places[i]];
      }
      return some;
    }

    @Override
    public byte[] bytes() {
      int n = returns.length;
      ByteBuffer bytes =
          ByteBuffer.allocate(
              4 * Integer.BYTES + Double.BYTES + n * (2 * Float.BYTES + 2 * Double.BYTES));
      bytes.putInt(version).putInt(isOver ? 1 : 0).putDouble(divergence);
      bytes.putInt(policyBound).putInt(valueBound);
      for (int i = 0; i < n; i++) {
        bytes.putFloat(returns[i]).putFloat(advantages[i]);
        bytes.putDouble(logBefore[i]).putDouble(logActed[i]);
      }
      return bytes.array();
    }

    @Override
    public void restore(byte[] from) {
      ByteBuffer bytes = ByteBuffer.wrap(from);
      version = bytes.getInt();
      isOver = bytes.getInt() == 1;
      divergence = bytes.getDouble();
      policyBound = bytes.getInt();
      valueBound = bytes.getInt();
      int n = bytes.remaining() / (2 * Float.BYTES + 2 * Double.BYTES);
      returns = new float[n];
      advantages = new float[n];
      logBefore = new double[n];
      logActed = new double[n];
      for (int i = 0; i < n; i++) {
        returns[i] = bytes.getFloat();
        advantages[i] = bytes.getFloat();
        logBefore[i] = bytes.getDouble();
        logActed[i] = bytes.getDouble();
      }
    }
  }
}
