package dev.hindcast.evaluation.survey;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport.Remark;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether episodes stand in a log twice under other ids, as where a logger tries again. Two
 * episodes that begin with the same observation and have nothing to do with each other take the
 * same first action with the probability of that action, and can be alike in everything no more
 * often than that. So of a sample of first observations (those with the least hashes; Cohen, Kaplan
 * 2007) two episodes each are compared: those with the least hashes of their ids. Samples of parts
 * merge to the sample of the whole.
 */
final class RepeatedEpisodes implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How many first observations are kept. */
  static final int SIZE = 16_384;

  /** How many pairs the normal approximation behind the test needs. */
  private static final int FEWEST = 30;

  /** So many standard errors are no chance. */
  private static final double LARGEST_Z = 4;

  private final TreeMap<Long, TreeMap<Long, Seen>> kept = new TreeMap<>(); // by hashes

  /**
   * An episode.
   *
   * @param content a hash of all that happened
   * @param propensity of its first action
   */
  private record Seen(long content, double propensity) implements Serializable {}

  /** Adds every episode of a file that has propensities of discrete actions. */
  void add(TransitionColumns file) {
    if (!file.hasPropensities() || file.actionSpace() instanceof ActionSpace.Box) {
      return;
    }
    for (int e = 0; e < file.episodes(); e++) {
      long first = observation(file, file.start(e), 0);
      if (kept.size() < SIZE || first <= kept.lastKey()) {
        Seen seen = new Seen(content(file, e), file.propensity(file.start(e)));
        add(first, Map.of(StableHash.of(file.episodeId(e)), seen));
      }
    }
  }

  void merge(RepeatedEpisodes other) {
    other.kept.forEach(this::add);
  }

  private void add(long first, Map<Long, Seen> episodes) {
    TreeMap<Long, Seen> pair = kept.computeIfAbsent(first, hash -> new TreeMap<>());
    pair.putAll(episodes);
    while (pair.size() > 2) {
      pair.pollLastEntry();
    }
    while (kept.size() > SIZE) {
      kept.pollLastEntry();
    }
  }

  /** What to say of them; nothing where chance explains what is alike. */
  Optional<Remark> remark() {
    long pairs = 0;
    long alike = 0;
    double expected = 0;
    double variance = 0;
    for (TreeMap<Long, Seen> episodes : kept.values()) {
      if (episodes.size() == 2) {
        Iterator<Seen> both = episodes.values().iterator();
        Seen one = both.next();
        Seen other = both.next();
        double p = (one.propensity() + other.propensity()) / 2;
        pairs++;
        alike += one.content() == other.content() ? 1 : 0;
        expected += p;
        variance += p * (1 - p);
      }
    }
    if (pairs < FEWEST || alike - expected <= LARGEST_Z * Math.sqrt(variance)) {
      return Optional.empty();
    }
    return Optional.of(
        new Remark(
            "repeated-episodes",
            String.format(
                Locale.ROOT,
                "Of %,d pairs of episodes that begin alike %,d are the same in all that happened, and at most %,.0f were to be expected: episodes stand in this log twice under other ids. Intervals are then too narrow; drop the repetitions before you ingest.",
                pairs,
                alike,
                expected)));
  }

  private static long observation(TransitionColumns file, int row, long start) {
    ObservationSpace space = file.observationSpace();
    int numbers = space.numeric().size();
    int categories = space.categorical().size();
    long hash = start;
    for (int i = row * numbers; i < (row + 1) * numbers; i++) {
      hash = StableHash.combine(hash, Float.floatToIntBits(file.numeric()[i]));
    }
    for (int i = row * categories; i < (row + 1) * categories; i++) {
      hash = StableHash.combine(hash, file.categories()[i]);
    }
    return hash;
  }

  private static long content(TransitionColumns file, int episode) {
    long hash = 1;
    for (int row = file.start(episode); row < file.end(episode); row++) {
      hash = observation(file, row, hash);
      hash = StableHash.combine(hash, file.action(row));
      hash = StableHash.combine(hash, Double.doubleToLongBits(file.reward(row)));
    }
    return hash;
  }
}
