package dev.hindcast.evaluation.survey;

import dev.hindcast.core.artefact.StableHash;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * Some numbers of a bounded number of episodes: of those with the least hashes of their ids (Cohen,
 * Kaplan 2007, bottom-k sampling). All episodes are equally likely to be among them, and which are
 * depends on nothing but their ids. Samples of parts merge to the sample of the whole.
 */
final class EpisodeSample implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How many episodes are kept. */
  static final int SIZE = 2048;

  private static final long SALT = 0x5eed_0f5a_3b1eL;

  private final TreeSet<Entry> kept = new TreeSet<>();

  @SuppressWarnings("ArrayRecordComponent") // compared by the method below, never by identity
  private record Entry(long hash, double[] numbers) implements Comparable<Entry>, Serializable {
    private static final Comparator<Entry> ORDER =
        Comparator.comparingLong(Entry::hash).thenComparing(Entry::numbers, Arrays::compare);

    @Override
    public int compareTo(Entry other) {
      return ORDER.compare(this, other);
    }
  }

  /** Whether an episode is to be added; most are not, once there are many. */
  boolean wants(String episodeId) {
    return kept.size() < SIZE || hash(episodeId) <= kept.last().hash();
  }

  /** Adds an episode; the array is kept, not copied. */
  void add(String episodeId, double[] numbers) {
    kept.add(new Entry(hash(episodeId), numbers));
    trim();
  }

  void merge(EpisodeSample other) {
    kept.addAll(other.kept);
    trim();
  }

  /**
   * The numbers in one place of all sampled episodes, increasing; those that are none are left out.
   */
  double[] sorted(int place) {
    return kept.stream()
        .mapToDouble(entry -> entry.numbers()[place])
        .filter(number -> !Double.isNaN(number))
        .sorted()
        .toArray();
  }

  private void trim() {
    while (kept.size() > SIZE) {
      kept.pollLast();
    }
  }

  private static long hash(String episodeId) {
    return StableHash.combine(SALT, StableHash.of(episodeId));
  }
}
