package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.ConservativePenalty;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.core.loss.SquashedSample;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The actions at which conservative Q-learning holds values down, beside the logged ones: for each
 * row of a batch as many uniform ones, as many of the policy there, and as many of the policy at
 * the next observation. Kumar and others (2020), arXiv:2006.04779, appendix F.
 */
final class ConservativeDraws {
  private final int rows;
  private final int each;
  private final int dimensions;
  private final int[] observations;
  private final float[] actions;
  private final float[] logDensities;
  private final float[] none;

  /** What critics have come to; sums over them, or means where so named. */
  static final class Tally {
    private double bellman;
    private double gap;
    private double boundRate;
    private double q;
    private int critics;

    /** The sum of the squared errors. */
    double bellman() {
      return bellman;
    }

    /** The mean of the penalties, without their weight. */
    double gap() {
      return gap / critics;
    }

    /** The mean share of values held up by their floor. */
    double boundRate() {
      return boundRate / critics;
    }

    /** The mean of the logged actions' values. */
    double q() {
      return q / critics;
    }
  }

  /**
   * For a batch.
   *
   * @param nextOutputs (B, 2 dimensions), the policy's at the next observations
   * @param each how many of each kind for each row
   */
  ConservativeDraws(MiniBatch batch, SquashedGaussianActor policy, float[] nextOutputs, int each) {
    this.each = each;
    rows = batch.size();
    float[] logged = batch.actionVectors();
    dimensions = logged.length / rows;
    int[] of = batch.observations();
    SquashedSample here =
        policy.sample(repeated(policy.outputs(of), rows, each), batch.random("actions here"));
    SquashedSample there =
        policy.sample(repeated(nextOutputs, rows, each), batch.random("actions there"));
    SplittableRandom random = batch.random("uniform actions");
    observations = Arrays.copyOf(of, rows + rows * 3 * each);
    actions = Arrays.copyOf(logged, observations.length * dimensions);
    logDensities = new float[rows * 3 * each];
    none = new float[logDensities.length];
    Arrays.fill(none, Float.NEGATIVE_INFINITY);
    float uniform = (float) (-dimensions * Math.log(2));
    for (int row = 0; row < rows; row++) {
      int at = row * 3 * each;
      Arrays.fill(observations, rows + at, rows + at + 3 * each, of[row]);
      Arrays.fill(logDensities, at, at + each, uniform);
      int place = (rows + at) * dimensions;
      for (int i = 0; i < each * dimensions; i++) {
        actions[place + i] = (float) (2 * random.nextDouble() - 1);
      }
      place += each * dimensions;
      int from = row * each * dimensions;
      System.arraycopy(here.actions(), from, actions, place, each * dimensions);
      place += each * dimensions;
      System.arraycopy(there.actions(), from, actions, place, each * dimensions);
      System.arraycopy(here.logDensities(), row * each, logDensities, at + each, each);
      System.arraycopy(there.logDensities(), row * each, logDensities, at + 2 * each, each);
    }
  }

  /** (rows times count, width): every row so many times in a row. */
  static float[] repeated(float[] values, int rows, int count) {
    int width = values.length / rows;
    float[] repeated = new float[values.length * count];
    for (int i = 0; i < rows * count; i++) {
      System.arraycopy(values, i / count * width, repeated, i * width, width);
    }
    return repeated;
  }

  /** (B, draws): no floor anywhere. */
  float[] withoutFloors() {
    return none;
  }

  /** (B, draws): a floor for each row under the values of the policy's actions. */
  float[] floors(float[] references) {
    float[] floors = none.clone();
    for (int row = 0; row < rows; row++) {
      int at = row * 3 * each;
      Arrays.fill(floors, at + each, at + 3 * each, references[row]);
    }
    return floors;
  }

  /**
   * One step of every critic along {@code mean (Q(o, a) - target)^2 + weight * penalty}.
   *
   * @param targets (B), which carry no gradient
   * @param floors (B, draws)
   */
  Tally step(Critics critics, float[] targets, float[] floors, double weight) {
    Tally tally = new Tally();
    critics.stepAt(
        observations,
        actions,
        values -> {
          float[] logged = Arrays.copyOf(values, rows);
          float[] drawn = Arrays.copyOfRange(values, rows, values.length);
          Loss bellman = SquaredError.of(logged, targets);
          ConservativePenalty penalty = ConservativePenalty.of(drawn, logDensities, floors, logged);
          float[] gradient = new float[values.length];
          for (int row = 0; row < rows; row++) {
            gradient[row] =
                (float) (bellman.gradient()[row] + weight * penalty.loggedGradient()[row]);
          }
          for (int i = 0; i < drawn.length; i++) {
            gradient[rows + i] = (float) (weight * penalty.drawnGradient()[i]);
          }
          tally.bellman += bellman.value();
          tally.gap += penalty.value();
          tally.boundRate += penalty.boundRate();
          tally.q += Losses.mean(logged);
          tally.critics++;
          return new Loss(bellman.value() + weight * penalty.value(), gradient);
        });
    return tally;
  }
}
