package dev.hindcast.training.contract;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.util.Arrays;

/** Puts logs together, for tests. */
public final class Logs {
  private Logs() {}

  /** All episodes of the first, then all of the second as demonstrations; without propensities. */
  public static TransitionColumns joined(
      TransitionColumns plain, TransitionColumns demonstrations) {
    var builder =
        new TransitionColumns.Builder(
            plain.observationSpace(), plain.actionSpace(), plain.hasMask(), false);
    copy(plain, builder, "plain ", false, 0, plain.episodes());
    copy(demonstrations, builder, "demonstration ", true, 0, demonstrations.episodes());
    return builder.build();
  }

  /** Some episodes of a log, without propensities. */
  public static TransitionColumns part(TransitionColumns log, int from, int to) {
    var builder =
        new TransitionColumns.Builder(
            log.observationSpace(), log.actionSpace(), log.hasMask(), false);
    copy(log, builder, "", false, from, to);
    return builder.build();
  }

  private static void copy(
      TransitionColumns log,
      TransitionColumns.Builder to,
      String prefix,
      boolean demonstrated,
      int first,
      int end) {
    for (int episode = first; episode < end; episode++) {
      to.beginEpisode(prefix + log.episodeId(episode));
      for (int row = log.start(episode); row < log.end(episode); row++) {
        if (log.actionSpace() instanceof ActionSpace.Box box) {
          int d = box.dimensions();
          float[] action = Arrays.copyOfRange(log.actionVectors(), row * d, (row + 1) * d);
          to.addBoxStep(numbers(log, row), codes(log, row), action, log.reward(row), 1);
        } else {
          to.addStep(
              numbers(log, row),
              codes(log, row),
              mask(log, row),
              log.action(row),
              log.reward(row),
              1);
        }
        if (demonstrated || log.isDemonstration(row)) {
          to.asDemonstration();
        }
      }
      int last = log.end(episode) - 1;
      if (log.terminated(last)) {
        to.endEpisode(true);
      } else {
        int seen = log.next(last);
        to.endEpisodeWithFinalObservation(
            false, numbers(log, seen), codes(log, seen), mask(log, seen));
      }
    }
  }

  private static float[] numbers(TransitionColumns log, int row) {
    int d = log.observationSpace().numeric().size();
    return Arrays.copyOfRange(log.numeric(), row * d, (row + 1) * d);
  }

  private static int[] codes(TransitionColumns log, int row) {
    int c = log.observationSpace().categorical().size();
    return Arrays.copyOfRange(log.categories(), row * c, (row + 1) * c);
  }

  private static boolean[] mask(TransitionColumns log, int row) {
    int a = log.hasMask() ? log.actionCount() : 0;
    return Arrays.copyOfRange(log.mask(), row * a, (row + 1) * a);
  }
}
