package dev.hindcast.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The nearest known word to one that was mistyped. */
public final class DidYouMean {
  private DidYouMean() {}

  /**
   * " Did you mean x?" when something known is near enough, otherwise the list of what is known.
   */
  public static String hint(String found, Collection<String> known) {
    return nearest(found, known)
        .map(word -> " Did you mean " + word + "?")
        .orElseGet(
            () ->
                known.isEmpty()
                    ? ""
                    : " Known: " + String.join(", ", known.stream().limit(40).toList()) + ".");
  }

  /**
   * The known word with the fewest edits from the found one, when those are at most a third of its
   * length (and at least one is allowed).
   */
  public static Optional<String> nearest(String found, Collection<String> known) {
    String wanted = found.toLowerCase(Locale.ROOT);
    int allowed = Math.min(Math.max(1, (wanted.length() + 1) / 3), wanted.length() - 1);
    return known.stream()
        .filter(word -> edits(wanted, word.toLowerCase(Locale.ROOT)) <= allowed)
        .min(
            Comparator.comparingInt((String word) -> edits(wanted, word.toLowerCase(Locale.ROOT)))
                .thenComparing(word -> word));
  }

  /** Edit distance with swaps of neighbours counted as one edit (optimal string alignment). */
  static int edits(String a, String b) {
    int[][] distance = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          distance[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best =
            Math.min(
                distance[i - 1][j - 1] + change,
                Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, distance[i - 2][j - 2] + 1);
        }
        distance[i][j] = best;
      }
    }
    return distance[a.length()][b.length()];
  }
}
