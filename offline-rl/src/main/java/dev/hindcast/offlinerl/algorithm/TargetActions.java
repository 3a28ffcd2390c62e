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
import java.util.stream.IntStream;

/**
 * What a given policy does at every observation that a learner asks about: asked once, before
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
    return at(setting, target, followers);
  }

  /**
   * Of the setting's target policy, at all that is bootstrapped from and where episodes start.
   *
   * @throws IllegalArgumentException when there is none
   */
  static TargetActions withStarts(Setting setting) {
    TransitionColumns data = setting.data();
    IntStream starts = IntStream.range(0, data.episodes()).map(data::start);
    Policy target =
        setting
            .target()
            .orElseThrow(
                () -> new IllegalArgumentException("Ratios of visits need a target policy."));
    return at(setting, target, IntStream.concat(starts, IntStream.of(followers(data))).toArray());
  }

  private static TargetActions at(Setting setting, Policy target, int[] rows) {
    return setting.isDiscrete()
        ? Probabilities.of(setting, target, rows)
        : Draws.of(setting, target, rows);
  }

  /**
   * (B): what is expected of these values, the critic's, at the next observation of each step; 0
   * where nothing is bootstrapped.
   */
  float[] nextValues(Network critic, MiniBatch batch);

  /**
   * (n, dimensions) in [-1, 1]: an action of the policy for each of these observation rows, drawn
   * where it has a choice; empty where actions are discrete, all of which are asked about.
   */
  float[] actions(int[] rows, SplittableRandom random);

  /**
   * (n): what is expected of outputs at these observation rows.
   *
   * @param outputs (n, outputs) of a network that was given {@link #actions}
   */
  float[] means(float[] outputs, int[] rows);

  /** (n, outputs): the gradient by the outputs, given that by their {@link #means}. */
  float[] spread(float[] byMeans, int[] rows);

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

    @Override
    public float[] actions(int[] rows, SplittableRandom random) {
      throw new UnsupportedOperationException("Nobody was asked.");
    }

    @Override
    public float[] means(float[] outputs, int[] rows) {
      throw new UnsupportedOperationException("Nobody was asked.");
    }

    @Override
    public float[] spread(float[] byMeans, int[] rows) {
      throw new UnsupportedOperationException("Nobody was asked.");
    }
  }

  /**
   * Discrete actions: an exact expectation.
   *
   * @param probabilities (observation rows, actions); only rows that are asked about are filled
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
      int[] next = batch.nextObservations();
      return means(critic.predict(setting.observations(), next), next);
    }

    @Override
    public float[] actions(int[] rows, SplittableRandom random) {
      return Network.NO_EXTRA;
    }

    @Override
    public float[] means(float[] outputs, int[] rows) {
      int actions = setting.actions();
      float[] means = new float[rows.length];
      for (int i = 0; i < means.length; i++) {
        double mean = 0;
        for (int action = 0; action < actions; action++) {
          mean +=
              (double) probabilities[rows[i] * actions + action] * outputs[i * actions + action];
        }
        means[i] = (float) mean;
      }
      return means;
    }

    @Override
    public float[] spread(float[] byMeans, int[] rows) {
      int actions = setting.actions();
      float[] gradient = new float[rows.length * actions];
      for (int i = 0; i < gradient.length; i++) {
        int row = rows[i / actions];
        gradient[i] = byMeans[i / actions] * probabilities[row * actions + i % actions];
      }
      return gradient;
    }
  }

  /**
   * Continuous actions: the mean over draws, or the one action of a policy that is certain.
   *
   * @param distributions of the observation rows that are asked about, {@link #CHUNK} in each
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

    @Override
    public float[] actions(int[] rows, SplittableRandom random) {
      int d = setting.dimensions();
      float[] actions = new float[rows.length * d];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(draw(rows[i], random), 0, actions, i * d, d);
      }
      return ((ActionSpace.Box) setting.data().actionSpace()).toUnits(actions);
    }

    @Override
    public float[] means(float[] outputs, int[] rows) {
      return outputs;
    }

    @Override
    public float[] spread(float[] byMeans, int[] rows) {
      return byMeans;
    }

    private float[] draw(int row, SplittableRandom random) {
      return distributions.get(place[row] / CHUNK).draw(place[row] % CHUNK, random);
    }
  }
}
