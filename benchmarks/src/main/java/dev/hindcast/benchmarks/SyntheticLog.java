package dev.hindcast.benchmarks;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Logs that have the shape of Hopper's, or that of a table, and no meaning: only how long updates
 * take is of interest.
 */
final class SyntheticLog {
  private static final int OBSERVATION = 11;
  private static final int DIMENSIONS = 3;
  private static final int CHOICES = 25;
  private static final int COLUMNS = 20;
  private static final int COLUMN_CHOICES = 10;
  private static final int STEPS_PER_EPISODE = 100;

  private SyntheticLog() {}

  /** Actions in [-1, 1]^3. */
  static TransitionColumns continuous(int rows) {
    List<Float> ones = Collections.nCopies(DIMENSIONS, 1f);
    List<Float> minusOnes = Collections.nCopies(DIMENSIONS, -1f);
    return filled(new ActionSpace.Box(minusOnes, ones), rows);
  }

  /** One of 25 actions. */
  static TransitionColumns discrete(int rows) {
    return filled(new ActionSpace.Discrete(CHOICES), rows);
  }

  /** A policy to evaluate on a log of such actions: it acts alike, whatever it sees. */
  static Policy target(ActionSpace actions) {
    if (actions instanceof ActionSpace.Box box) {
      return decisions -> {
        float[] means = new float[decisions.size() * box.dimensions()];
        float[] deviations = means.clone();
        Arrays.fill(deviations, 0.3f);
        return new ActionDistribution.SquashedGaussian(box, means, deviations);
      };
    }
    return new UniformPolicy(((ActionSpace.Discrete) actions).size());
  }

  /**
   * Twenty columns and ten actions, drawn by a softmax of linear functions of all columns: there is
   * something to find in every part of a tree. An action earns what its column says.
   */
  static TransitionColumns table(int rows) {
    List<String> names = IntStream.range(0, COLUMNS).mapToObj(i -> "column." + i).toList();
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            new ObservationSpace(names, List.of()),
            new ActionSpace.Discrete(COLUMN_CHOICES),
            false,
            true);
    SplittableRandom random = new SplittableRandom(0);
    for (int row = 0; row < rows; row++) {
      if (row % STEPS_PER_EPISODE == 0) {
        log.beginEpisode(Integer.toString(row));
      }
      float[] seen = floats(random, COLUMNS);
      int chosen = choice(seen, random);
      log.addStep(
          seen, new int[0], new boolean[0], chosen, seen[chosen] + random.nextDouble(), 0.1);
      if (row % STEPS_PER_EPISODE == STEPS_PER_EPISODE - 1 || row == rows - 1) {
        log.endEpisode(true);
      }
    }
    return log.build();
  }

  /** The greatest logit after noise of Gumbel's distribution: a draw from the softmax. */
  private static int choice(float[] seen, SplittableRandom random) {
    int chosen = 0;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int action = 0; action < COLUMN_CHOICES; action++) {
      double logit = -Math.log(-Math.log(random.nextDouble(1e-300, 1)));
      for (int j = 0; j < COLUMNS; j++) {
        logit += Math.cos(7 * action + 3 * j + action * j) * seen[j];
      }
      if (logit > greatest) {
        greatest = logit;
        chosen = action;
      }
    }
    return chosen;
  }

  private static TransitionColumns filled(ActionSpace actions, int rows) {
    List<String> names = IntStream.range(0, OBSERVATION).mapToObj(i -> "observation." + i).toList();
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(new ObservationSpace(names, List.of()), actions, false, true);
    SplittableRandom random = new SplittableRandom(0);
    for (int row = 0; row < rows; row++) {
      if (row % STEPS_PER_EPISODE == 0) {
        log.beginEpisode(Integer.toString(row));
      }
      float[] seen = floats(random, OBSERVATION);
      double reward = random.nextDouble();
      if (actions instanceof ActionSpace.Discrete discrete) {
        int chosen = random.nextInt(discrete.size());
        log.addStep(seen, new int[0], new boolean[0], chosen, reward, 1.0 / discrete.size());
      } else {
        log.addBoxStep(seen, new int[0], floats(random, DIMENSIONS), reward, 1);
      }
      if (row < rows / 10) {
        log.asDemonstration();
      }
      if (row % STEPS_PER_EPISODE == STEPS_PER_EPISODE - 1 || row == rows - 1) {
        log.endEpisode(true);
      }
    }
    return log.build();
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
