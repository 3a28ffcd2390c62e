package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.VisitLagrangian;
import dev.hindcast.core.loss.VisitLagrangian.Form;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.AllRows;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Stationary distribution correction (the DICE family): learns how much more often a target policy
 * would come by each state and action than the log did, without asking how likely the log's actions
 * were. A saddle point of the {@linkplain VisitLagrangian regularized Lagrangian} of Yang, Nachum,
 * Dai, Li, Schuurmans (2020), arXiv:2007.03438: one network climbs, of ratios ζ, and one descends,
 * of values ν, with a number λ beside it. DualDICE, GenDICE and what did best in that paper are
 * three of its {@linkplain Form forms}.
 *
 * <p>Departs: visits are counted by episode, see {@link VisitLagrangian}, so that a discount of 1
 * will do where episodes end. Two players who follow their gradients circle around a saddle point
 * instead of meeting there; so each answers to where the other is heading, its outputs less those
 * of a copy that follows it being added to them once more (a damping that leaves saddle points
 * where they are; Daskalakis and others, 2018, arXiv:1711.00141, do so with gradients). Rewards,
 * where the form has them, are divided by their root mean square: they do not move the saddle point
 * either. Where actions are discrete, the target policy's are summed over instead of drawn.
 */
public final class Dice implements NetworkLearner {
  /** How far the copies follow in each update: they are about twenty updates late. */
  private static final double POLYAK = 0.05;

  private final Network ratios;
  private final Network slowRatios;
  private final Network values;
  private final Network slowValues;
  private final FreeParameters shift = new FreeParameters(0);
  private final FreeParameters slowShift = new FreeParameters(0);
  private final Setting setting;
  private final Config config;
  private final TargetActions targetActions;
  private final double startsPerStep;
  private final double horizon;
  private final double rewardScale;

  /**
   * What can be set.
   *
   * @param form which member of the family
   * @param learningRate of Adam, of both networks; falls to zero along half a cosine
   */
  public record Config(Form form, double learningRate) implements Serializable {
    /** The form that did best in the paper. */
    public static final Config DEFAULT = new Config(Form.BEST_DICE, 1e-3);

    /** Checks the range. */
    public Config {
      Require.positive("learning-rate", learningRate);
    }
  }

  /**
   * On this data, of the setting's target policy.
   *
   * @throws UserError when visits have no end: nothing is discounted, and no episode ends
   */
  public Dice(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    targetActions = TargetActions.withStarts(setting);
    Averages averages = Averages.of(setting);
    if (averages.end() == 0) {
      throw UserError.usage(
          "Cannot learn ratios of visits: the discount is 1 and the world ends no episode of the training side, so that a policy would go on for ever. Set a discount below 1, or map ingest.terminated.");
    }
    startsPerStep = averages.starts();
    horizon = 1 / averages.end();
    rewardScale = averages.square() > 0 ? 1 / Math.sqrt(averages.square()) : 1;
    Setting.Blueprint plain = setting.network().extra(setting.dimensions());
    int outputs = setting.isDiscrete() ? setting.actions() : 1;
    ratios = plain.create("ratios", outputs, config.learningRate());
    slowRatios = setting.targetOf(ratios);
    values = plain.create("values", outputs, config.learningRate());
    slowValues = setting.targetOf(values);
  }

  /**
   * What the steps of the training side have on average, of those of which it is known what
   * followed.
   *
   * @param starts of episodes
   * @param end 1 - γ, γ that of the step and 0 where the world ended the episode
   * @param square of the reward
   */
  private record Averages(double starts, double end, double square) {
    static Averages of(Setting setting) {
      TransitionColumns data = setting.data();
      AllRows all = setting.experience().all();
      long steps = 0;
      double[] ends = new double[data.rows()];
      double[] squares = new double[data.rows()];
      for (int row = 0; row < data.rows(); row++) {
        if (data.terminated(row) || data.next(row) != TransitionColumns.UNKNOWN) {
          steps++;
          ends[row] = 1 - (double) setting.experience().discount(row);
          squares[row] = data.reward(row) * data.reward(row);
        }
      }
      long[] totals = all.totals(new long[] {data.episodes(), steps});
      double[] sums = all.sums(ends, squares);
      double n = totals[1];
      return new Averages(totals[0] / n, sums[0] / n, sums[1] / n);
    }
  }

  /** One step up of the ratios, and one down of values and shift. */
  @Override
  public Losses update(MiniBatch batch) {
    Asked asked = asked(batch);
    float[] raw = // (B)
        ofLogged(
            ratios.forward(setting.observations(), batch.observations(), batch.actionVectors()),
            batch);
    float[] zeta = ratiosOf(raw); // (B)
    float[] nu = values.forward(setting.observations(), asked.rows(), asked.actions()); // (3B, K)
    VisitLagrangian forRatios = lagrangian(batch, asked, zeta, ahead(nu, slowNu(asked)), ahead());
    VisitLagrangian forValues =
        lagrangian(batch, asked, ahead(zeta, slowZeta(batch)), nu, shift.value(0));

    double rate = LearningRate.cosine(config.learningRate(), batch.progress());
    ratios.learningRate(rate);
    ratios.backward(byOutputs(descending(forRatios.byRatios(), raw), batch));
    ratios.step();
    values.learningRate(rate);
    values.backward(
        joined(
            byOutputs(forValues.byValues(), batch),
            targetActions.spread(
                joined(forValues.byNextValues(), forValues.byStartValues()), asked.others())));
    values.step();
    shift.step(new double[] {forValues.byShift()}, rate);

    slowRatios.polyakFrom(ratios, POLYAK);
    slowValues.polyakFrom(values, POLYAK);
    double lag = slowShift.value(0) - shift.value(0);
    slowShift.values(new float[] {(float) (shift.value(0) + (1 - POLYAK) * lag)});
    return figures(batch, zeta, forValues.value());
  }

  /**
   * Where values are asked about: at logged steps, at what followed them, and at starts.
   *
   * @param rows (3B) observation rows
   * @param actions (3B, dimensions) in [-1, 1]: the logged ones and then the target policy's; empty
   *     where actions are discrete
   * @param others (2B) the rows without those of the logged steps
   */
  @SuppressWarnings("ArrayRecordComponent") // for the length of an update; never compared
  private record Asked(int[] rows, float[] actions, int[] others) {}

  private Asked asked(MiniBatch batch) {
    SplittableRandom random = batch.random("starts");
    int[] starts = new int[batch.size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = setting.data().start(random.nextInt(setting.data().episodes()));
    }
    int[] others = joined(batch.nextObservations(), starts);
    float[] drawn = targetActions.actions(others, batch.random("actions of the target policy"));
    return new Asked(
        joined(batch.observations(), others), joined(batch.actionVectors(), drawn), others);
  }

  /** Of the logged actions' ratios (B) and of values (3B, outputs). */
  private VisitLagrangian lagrangian(
      MiniBatch batch, Asked asked, float[] zeta, float[] nu, double lambda) {
    int n = batch.size();
    int logged = n * values.architecture().outputs();
    float[] expected =
        targetActions.means(Arrays.copyOfRange(nu, logged, nu.length), asked.others()); // (2B)
    float[] rewards = batch.rewards();
    for (int i = 0; i < n; i++) {
      rewards[i] = (float) (rewards[i] * rewardScale);
    }
    return VisitLagrangian.of(
        config.form(),
        new VisitLagrangian.Steps(rewards, batch.discounts(), startsPerStep, horizon),
        zeta,
        ofLogged(Arrays.copyOf(nu, logged), batch),
        Arrays.copyOf(expected, n),
        Arrays.copyOfRange(expected, n, 2 * n),
        lambda);
  }

  private float[] slowZeta(MiniBatch batch) {
    return ratiosOf(
        ofLogged(
            slowRatios.predict(setting.observations(), batch.observations(), batch.actionVectors()),
            batch));
  }

  private float[] slowNu(Asked asked) {
    return slowValues.predict(setting.observations(), asked.rows(), asked.actions());
  }

  /** Where outputs will be, if they go on as they went from those of the copy. */
  private static float[] ahead(float[] now, float[] slow) {
    float[] ahead = new float[now.length];
    for (int i = 0; i < ahead.length; i++) {
      ahead[i] = 2 * now[i] - slow[i];
    }
    return ahead;
  }

  private double ahead() {
    return 2 * shift.value(0) - slowShift.value(0);
  }

  private float[] ofLogged(float[] outputs, MiniBatch batch) {
    return setting.isDiscrete()
        ? ChosenAction.of(outputs, setting.actions(), batch.actions())
        : outputs;
  }

  private float[] byOutputs(float[] gradient, MiniBatch batch) {
    return setting.isDiscrete()
        ? ChosenAction.spread(new Loss(0, gradient), setting.actions(), batch.actions()).gradient()
        : gradient;
  }

  /** (B): ζ from the outputs of its network, whose squares they are where none may be negative. */
  private float[] ratiosOf(float[] raw) {
    float[] zeta = raw.clone();
    for (int i = 0; i < zeta.length && config.form().isPositive(); i++) {
      zeta[i] = raw[i] * raw[i];
    }
    return zeta;
  }

  /** (B): the gradient, by the outputs of the network of ζ, of what is to become small. */
  private float[] descending(float[] byRatios, float[] raw) {
    float[] gradient = new float[raw.length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = config.form().isPositive() ? -2 * raw[i] * byRatios[i] : -byRatios[i];
    }
    return gradient;
  }

  /** What episodes are worth by the ratios, and how often they end, which should be once. */
  private Losses figures(MiniBatch batch, float[] zeta, double lagrangian) {
    float[] rewards = batch.rewards();
    float[] discounts = batch.discounts();
    double worth = 0;
    double ends = 0;
    for (int i = 0; i < zeta.length; i++) {
      worth += (double) zeta[i] * rewards[i] / zeta.length;
      ends += zeta[i] * (1.0 - discounts[i]) / zeta.length;
    }
    return Losses.of(
        Map.of(
            "lagrangian_loss",
            lagrangian,
            "ratio_mean",
            Losses.mean(zeta),
            "value",
            worth / startsPerStep,
            "ends",
            ends / startsPerStep));
  }

  private static int[] joined(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static float[] joined(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Override
  public Map<String, Network> networks() {
    return Map.of(
        "ratios", ratios, "slow_ratios", slowRatios, "values", values, "slow_values", slowValues);
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return Map.of("shift", shift, "slow_shift", slowShift);
  }

  @Override
  public Product product() {
    boolean isPositive = config.form().isPositive();
    Head head =
        setting.isDiscrete() ? new Head.VisitRatios(isPositive) : new Head.VisitRatio(isPositive);
    return Product.of(head, Head.RATIO, ratios);
  }
}
