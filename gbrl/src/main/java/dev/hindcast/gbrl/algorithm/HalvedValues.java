package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Output;
import java.util.List;
import java.util.Map;

/**
 * Two Q-functions, each of half of the episodes, the lesser of which is believed: where they
 * disagree the log says little, and a greatest value taken from one alone would be chosen for its
 * luck (Fujimoto, van Hoof, Meger, 2018, arXiv:1802.09477).
 */
final class HalvedValues {
  private final boolean[] isFirst;
  private final boolean isDivided;
  private final TreeFunction first;
  private final TreeFunction second;
  private final EveryAction ofFirst;
  private final EveryAction ofSecond;

  /**
   * That start like this.
   *
   * @param steps every step's observation and action
   * @param observations rows at which every action will be asked for
   */
  HalvedValues(
      Setting setting, FeatureMatrix steps, int[] observations, FittedValues how, float start) {
    TransitionColumns data = setting.data();
    long seed = setting.seedOf("halves");
    isFirst = new boolean[data.rows()];
    long here = 0;
    for (int episode = 0; episode < data.episodes(); episode++) {
      boolean heads = StableHash.uniform(seed, StableHash.of(data.episodeId(episode))) < 0.5;
      for (int row = data.start(episode); row < data.end(episode); row++) {
        isFirst[row] = heads;
        here += heads ? 1 : 0;
      }
    }
    long count = setting.all().total(here);
    isDivided =
        count > 0 && count < setting.all().count(); // else there is one episode: both learn it
    List<Output> output = List.of(Output.named("value of the action").startingAt(start));
    first = setting.function("q of one half", steps, output, how.growth());
    second = setting.function("q of the other half", steps, output, how.growth());
    ofFirst = new EveryAction(setting, first, observations, start);
    ofSecond = new EveryAction(setting, second, observations, start);
  }

  /** One round of both; the mean of their losses. */
  double learn(int[] rows, float[] targets) {
    return (learn(first, rows, targets, true) + learn(second, rows, targets, false)) / 2;
  }

  private double learn(TreeFunction q, int[] rows, float[] targets, boolean half) {
    float[] weights = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      weights[i] = !isDivided || isFirst[rows[i]] == half ? 1 : 0;
    }
    return q.grow(RowLoss.squaredError(q.outputs(rows), targets, weights), rows);
  }

  /** (observations, actions): the lesser of both after so many rounds. */
  float[] least(int rounds) {
    float[] least = ofFirst.after(rounds);
    float[] other = ofSecond.after(rounds);
    for (int i = 0; i < least.length; i++) {
      least[i] = Math.min(least[i], other[i]);
    }
    return least;
  }

  /** (n): the lesser of both of the logged actions, as they stand. */
  float[] leastLogged(int[] rows) {
    float[] least = first.outputs(rows).clone();
    float[] other = second.outputs(rows);
    for (int i = 0; i < least.length; i++) {
      least[i] = Math.min(least[i], other[i]);
    }
    return least;
  }

  /** Begins anew: the functions may have become others. */
  void forget() {
    ofFirst.forget();
    ofSecond.forget();
  }

  /** What must be kept to go on later, by name. */
  Map<String, Part> parts() {
    return Map.of("q of one half", first, "q of the other half", second);
  }
}
