package dev.hindcast.core.data;

/** Sums of rewards along an episode. */
public final class Returns {
  private Returns() {}

  /** The return of an episode: the sum over its steps t of {@code discount^t * reward_t}. */
  public static double of(TransitionColumns columns, int episode, double discount) {
    double sum = 0;
    double factor = 1;
    for (int row = columns.start(episode); row < columns.end(episode); row++) {
      sum += factor * columns.reward(row);
      factor *= discount;
    }
    return sum;
  }
}
