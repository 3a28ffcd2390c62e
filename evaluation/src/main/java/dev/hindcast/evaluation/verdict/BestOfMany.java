package dev.hindcast.evaluation.verdict;

import dev.hindcast.core.report.EvaluationReport.Ranked;
import dev.hindcast.core.report.EvaluationReport.Selection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What choosing the best of several estimates does to the estimate of the chosen one. The choice is
 * made again in every bootstrap replicate; the chosen one's value there less its value in the log
 * is what the choice gained by chance. Its mean is the bootstrap's estimate of bias (Efron and
 * Tibshirani, 1993, An Introduction to the Bootstrap, chapter 10) for the rule "take the best".
 *
 * <p>Entrants are compared by their lower bounds; in a replicate, which has none of its own, each
 * keeps the distance between its estimate and its lower bound. Where all are equally good the
 * correction finds 1/√2 of the optimism, since a replicate starts from estimates that chance has
 * already set apart; where one is far ahead there is none to find.
 */
public final class BestOfMany {
  private BestOfMany() {}

  /**
   * One estimate among those to choose from.
   *
   * @param name whose
   * @param value in the log
   * @param lower the lower end of its interval, if it has one
   * @param replicates its value in every bootstrap replicate; the replicates are common to all
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once; never compared
  public record Entrant(String name, double value, Optional<Double> lower, double[] replicates) {
    private double reach() {
      return lower.map(low -> value - low).orElse(Double.POSITIVE_INFINITY);
    }
  }

  /** The choice; none among fewer than two entrants with intervals. */
  public static Optional<Selection> of(List<Entrant> all) {
    List<Entrant> entrants = all.stream().filter(entrant -> entrant.lower().isPresent()).toList();
    if (entrants.size() < 2) {
      return Optional.empty();
    }
    int[] chosen = new int[entrants.size()];
    int choices = 0;
    double gained = 0;
    for (int b = 0; b < entrants.get(0).replicates().length; b++) {
      int best = -1;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < chosen.length; i++) {
        double score = entrants.get(i).replicates()[b] - entrants.get(i).reach();
        if (score > most) { // never true of what is undefined in this replicate
          best = i;
          most = score;
        }
      }
      if (best >= 0) {
        chosen[best]++;
        choices++;
        gained += entrants.get(best).replicates()[b] - entrants.get(best).value();
      }
    }
    if (choices == 0) {
      return Optional.empty();
    }
    List<Ranked> ranking = new ArrayList<>();
    for (Entrant entrant : all) {
      int i = entrants.indexOf(entrant);
      ranking.add(
          new Ranked(
              entrant.name(),
              entrant.value(),
              entrant.lower(),
              i < 0 ? 0 : (double) chosen[i] / choices));
    }
    ranking.sort(
        Comparator.comparingDouble(
                (Ranked ranked) -> ranked.lower().orElse(Double.NEGATIVE_INFINITY))
            .reversed());
    Ranked first = ranking.get(0);
    double optimism = Math.max(0, gained / choices);
    return Optional.of(
        new Selection(first.name(), first.value(), optimism, first.value() - optimism, ranking));
  }

  /** What a choice means, in a few sentences. */
  public static String words(Selection choice) {
    String leader =
        String.format(
            Locale.ROOT,
            "%s has the best lower bound of %d, and is the choice in %.0f %% of the bootstrap replicates.",
            choice.chosen(),
            choice.ranking().size(),
            100 * choice.ranking().get(0).chosenShare());
    String after = String.format(Locale.ROOT, "%.4g", choice.correctedValue());
    if (after.equals(String.format(Locale.ROOT, "%.4g", choice.value()))) {
      return leader
          + String.format(
              Locale.ROOT, " Choosing it changes little about its estimate of %s.", after);
    }
    return leader
        + String.format(
            Locale.ROOT,
            " The best of many is optimistic, because chance helped it to be the best: of its estimate of %.4g, about %.2g may be luck, which leaves %s. Fresh episodes tell what it is worth.",
            choice.value(),
            choice.optimism(),
            after);
  }
}
