package dev.hindcast.offlinerl.algorithm;

import java.util.Locale;
import java.util.Optional;

/**
 * Settings of an algorithm that learns values from copies of its own networks, which follow slowly.
 *
 * <p>What the future holds travels one step back each time the copies have caught up: 1 / polyak
 * updates. A value that looks h steps ahead is therefore learned to the share 1 - exp(-updates *
 * polyak / h) only, however small the losses are.
 */
interface TargetCopies {
  /** How often a value's horizon must have been travelled for the value to be there: to 95 %. */
  double JOURNEYS = 3;

  /** How far the copies follow each time, in (0, 1]. */
  double polyak();

  /** In every how manieth update they follow. */
  default int policyDelay() {
    return 1;
  }

  /**
   * Warns of values that will not be learned in time.
   *
   * @param updates how many there will be
   * @param discount γ, in [0, 1]
   * @param meanLength of the episodes, in steps
   */
  default Optional<String> unsettled(long updates, double discount, double meanLength) {
    double horizon = Math.min(discount == 1 ? meanLength : 1 / (1 - discount), meanLength);
    double follows = polyak() / policyDelay();
    double journeys = updates * follows / horizon;
    if (journeys >= JOURNEYS) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%,d updates will leave its values at about %.0f %% of their size: they look some %.0f steps ahead, and targets that follow at polyak %s%s need about %,.0f updates for that. Raise updates, or polyak to %s.",
            updates,
            100 * (1 - Math.exp(-journeys)),
            horizon,
            polyak(),
            policyDelay() == 1 ? "" : " in every " + ordinal(policyDelay()) + " update",
            Math.ceil(JOURNEYS * horizon / follows / 1000) * 1000,
            enough(updates, horizon)));
  }

  private String enough(long updates, double horizon) {
    double polyak = JOURNEYS * horizon / updates * policyDelay();
    return polyak >= 1 ? "1" : String.format(Locale.ROOT, "%.2g", Math.max(polyak, 1e-3));
  }

  private static String ordinal(int number) {
    return switch (number) {
      case 2 -> "second";
      case 3 -> "third";
      default -> number + "th";
    };
  }
}
