package dev.hindcast.core.data;

import java.util.function.DoubleUnaryOperator;

/**
 * Sums of rewards along an episode. What follows a step is discounted by {@code discount^duration}
 * of that step, so by {@code discount} where the log does not say how long its steps took.
 */
public final class Returns {
  private Returns() {}

  /**
   * The return of an episode: the sum over its steps of {@code discount^(time before the step) *
   * reward}.
   */
  public static double of(TransitionColumns columns, int episode, double discount) {
    double sum = 0;
    double factor = 1;
    for (int row = columns.start(episode); row < columns.end(episode); row++) {
      sum += factor * columns.reward(row);
      factor *= columns.discount(row, discount);
    }
    return sum;
  }

  /**
   * (rows) The discounted return from each row to its episode's last step: {@code G_i = r_i +
   * discount^duration_i * G_(i+1)}. Nothing is added for what followed a truncated episode, so
   * there these are sums of the logged rewards alone and not values; see {@link
   * #toGo(TransitionColumns, double, double[])}.
   */
  public static double[] toGo(TransitionColumns columns, double discount) {
    return toGo(columns, discount, new double[columns.episodes()]);
  }

  /**
   * (rows) The discounted return from each row on, with a value for what followed each truncated
   * episode, as learners bootstrap it: its row i gets {@code discount^(time from i to the end) *
   * afterEnd[episode]} on top.
   *
   * @param afterEnd (episodes) what is expected after the last step of each episode; without effect
   *     on terminated ones, after which nothing is worth anything
   */
  public static double[] toGo(TransitionColumns columns, double discount, double[] afterEnd) {
    double[] toGo = new double[columns.rows()];
    for (int episode = 0; episode < columns.episodes(); episode++) {
      int last = columns.end(episode) - 1;
      double following =
          last >= columns.start(episode) && columns.terminated(last) ? 0 : afterEnd[episode];
      for (int row = last; row >= columns.start(episode); row--) {
        following = columns.reward(row) + columns.discount(row, discount) * following;
        toGo[row] = following;
      }
    }
    return toGo;
  }

  /**
   * How large a return of these episodes can be in either direction: the largest reward, positive
   * or negative, over and over, each discounted as after the shortest step. Where that is no
   * discount at all, no episode is taken to be longer than the longest in the data.
   */
  public static double bound(TransitionColumns columns, double discount) {
    return bound(columns, discount, reward -> reward);
  }

  /** {@link #bound(TransitionColumns, double)} of rewards on another scale. */
  public static double bound(
      TransitionColumns columns, double discount, DoubleUnaryOperator scale) {
    return Extremes.of(columns, discount, scale).bound();
  }

  /**
   * What bounds the returns of some episodes: the greatest of each of these.
   *
   * @param reward in size, 0 or more
   * @param discount after a step, in [0, 1]
   * @param steps of an episode, at least 1
   */
  public record Extremes(double reward, double discount, double steps) {
    /** Of rewards on another scale. */
    public static Extremes of(
        TransitionColumns columns, double discount, DoubleUnaryOperator scale) {
      double largest = 0;
      double weakest = 0;
      for (int row = 0; row < columns.rows(); row++) {
        largest = Math.max(largest, Math.abs(scale.applyAsDouble(columns.reward(row))));
        weakest = Math.max(weakest, columns.discount(row, discount));
      }
      int longest = 1;
      for (int episode = 0; episode < columns.episodes(); episode++) {
        longest = Math.max(longest, columns.end(episode) - columns.start(episode));
      }
      return new Extremes(largest, weakest, longest);
    }

    /** {@link Returns#bound(TransitionColumns, double)} of such episodes. */
    public double bound() {
      return reward * (discount < 1 ? 1 / (1 - discount) : steps);
    }
  }
}
