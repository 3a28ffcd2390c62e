package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.training.learner.MiniBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a given policy does at every observation that is bootstrapped from: asked once, before
 * training.
 */
sealed interface TargetActions {
  /** How many observations a policy is asked about at a time. */
  int CHUNK = 4096;

  /** Of the setting's target policy, which need not exist where nothing is bootstrapped. */
  static TargetActions of(Setting setting) {
    TransitionColumns data = setting.data();
    int[] followers = followers(data);
    if (followers.length == 0) {
      return new Nothing();
    }
    Policy target =
        setting
            .target()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Fitted-Q evaluation of episodes with several steps needs a target policy."));
    return setting.isDiscrete()
        ? Probabilities.of(setting, target, followers)
        : Draws.of(setting, target, followers);
  }

  /**
   * (B): what is expected of these values, the critic's, at the next observation of each step; 0
   * where nothing is bootstrapped.
   */
  float[] nextValues(Network critic, MiniBatch batch);

  /** The observation rows that some step is followed by. */
  private static int[] followers(TransitionColumns data) {
    int[] followers = new int[data.rows()];
    int n = 0;
    for (int row = 0; row < data.rows(); row++) {
      if (!data.terminated(row) && data.next(row) != TransitionColumns.UNKNOWN) {
        followers[n++] = data.next(row);
      }
    }
    return Arrays.copyOf(followers, n);
  }

  /** A part of the observation rows, as decisions. */
  private static Decisions chunk(TransitionColumns data, int[] followers, int from) {
    int to = Math.min(followers.length, from + CHUNK);
    return data.decisionsAt(Arrays.copyOfRange(followers, from, to));
  }

  /** Every episode has one step. */
  record Nothing() implements TargetActions {
    @Override
    public float[] nextValues(Network critic, MiniBatch batch) {
      return new float[batch.size()];
    }
  }

  /**
   * Discrete actions: an exact expectation.
   *
   * @param probabilities (observation rows, actions); only rows that are bootstrapped from are
   *     filled
   */
  @SuppressWarnings("ArrayRecordComponent") // storage of a hot loop; never compared
  record Probabilities(Setting setting, float[] probabilities) implements TargetActions {
    private static Probabilities of(Setting setting, Policy target, int[] followers) {
      TransitionColumns data = setting.data();
      int actions = setting.actions();
      float[] probabilities = new float[data.observationRows() * actions];
      for (int from = 0; from < followers.length; from += CHUNK) {
        double[] chunk = target.categorical(chunk(data, followers, from)).probabilities();
        for (int i = 0; i < chunk.length; i++) {
          int row = followers[from + i / actions];
          probabilities[row * actions + i % actions] = (float) chunk[i];
        }
      }
      return new Probabilities(setting, probabilities);
    }

    /** Σ_a π(a|o') Q(o', a). */
    @Override
    public float[] nextValues(Network critic, MiniBatch batch) {
      int actions = setting.actions();
      int[] next = batch.nextObservations();
      float[] discounts = batch.discounts();
      float[] q = critic.predict(setting.observations(), next); // (B, actions)
      float[] values = new float[next.length];
      for (int i = 0; i < values.length; i++) {
        double v = 0;
        for (int action = 0; action < actions && discounts[i] != 0; action++) {
          v += (double) probabilities[next[i] * actions + action] * q[i * actions + action];
        }
        values[i] = (float) v;
      }
      return values;
    }
  }

  /**
   * Continuous actions: the mean over draws, or the one action of a policy that is certain.
   *
   * @param distributions of the observation rows that are bootstrapped from, {@link #CHUNK} in each
   * @param place (observation rows), where in the distributions each of those rows stands
   * @param draws how many actions the mean is over
   */
  @SuppressWarnings("ArrayRecordComponent") // storage of a hot loop; never compared
  record Draws(
      Setting setting, List<ActionDistribution.Continuous> distributions, int[] place, int draws)
      implements TargetActions {
    private static final int SEVERAL = 4;

    private static Draws of(Setting setting, Policy target, int[] followers) {
      TransitionColumns data = setting.data();
      List<ActionDistribution.Continuous> distributions = new ArrayList<>();
      boolean isCertain = true;
      for (int from = 0; from < followers.length; from += CHUNK) {
        var chunk = target.continuous(chunk(data, followers, from));
        isCertain &= !chunk.hasDensity();
        distributions.add(chunk);
      }
      int[] place = new int[data.observationRows()];
      for (int i = 0; i < followers.length; i++) {
        place[followers[i]] = i;
      }
      return new Draws(setting, distributions, place, isCertain ? 1 : SEVERAL);
    }

    /** The mean of Q(o', a) over a ~ π(o'). */
    @Override
    public float[] nextValues(Network critic, MiniBatch batch) {
      int[] next = batch.nextObservations();
      float[] discounts = batch.discounts();
      int d = setting.dimensions();
      int[] rows = new int[next.length * draws];
      float[] actions = new float[rows.length * d];
      SplittableRandom random = batch.random("actions of the target policy");
      for (int i = 0; i < rows.length; i++) {
        rows[i] = next[i / draws];
        if (discounts[i / draws] != 0) {
          float[] drawn = draw(rows[i], random);
          System.arraycopy(drawn, 0, actions, i * d, d);
        }
      }
      ActionSpace.Box box = (ActionSpace.Box) setting.data().actionSpace();
      float[] q = critic.predict(setting.observations(), rows, box.toUnits(actions));
      float[] values = new float[next.length];
      for (int i = 0; i < rows.length; i++) {
        values[i / draws] += q[i] / draws;
      }
      return values;
    }

    private float[] draw(int row, SplittableRandom random) {
      return distributions.get(place[row] / CHUNK).draw(place[row] % CHUNK, random);
    }
  }
}
