package dev.hindcast.training.learner;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;

/**
 * What steps are worth by the log and by values of observations together: {@code G = r + γ ((1 - λ)
 * V(o') + λ G')}, G' that of the next step (Sutton, 1988; Schulman and others, 2016,
 * arXiv:1506.02438, whose advantage is {@code G - V(o)}). With λ = 0 it is one step and a value;
 * with λ = 1 all that the log earned, and a value only after the end of truncated episodes. A step
 * after which nothing is known is worth what its own observation is.
 */
public final class LambdaReturn {
  private LambdaReturn() {}

  /**
   * (rows).
   *
   * @param values (observation rows)
   * @param lambda in [0, 1]
   */
  public static float[] of(Experience experience, float[] values, double lambda) {
    Require.closed("lambda", lambda, 0, 1);
    TransitionColumns data = experience.data();
    float[] returns = new float[data.rows()];
    for (int episode = 0; episode < data.episodes(); episode++) {
      for (int row = data.end(episode) - 1; row >= data.start(episode); row--) {
        returns[row] = (float) one(experience, values, lambda, row, returns);
      }
    }
    return returns;
  }

  private static double one(
      Experience experience, float[] values, double lambda, int row, float[] returns) {
    TransitionColumns data = experience.data();
    if (data.terminated(row)) {
      return experience.reward(row);
    }
    int next = data.next(row);
    if (next == TransitionColumns.UNKNOWN) {
      return values[row];
    }
    int step = data.nextActionRow(row);
    double after =
        step == TransitionColumns.UNKNOWN
            ? values[next]
            : (1 - lambda) * values[next] + lambda * returns[step];
    return experience.reward(row) + experience.discount(row) * after;
  }
}
