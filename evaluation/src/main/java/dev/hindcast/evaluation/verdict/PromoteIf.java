package dev.hindcast.evaluation.verdict;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.Require;
import java.util.Optional;

/**
 * What a policy must show before it may be promoted.
 *
 * @param lowerBoundAbove what the lower end of its interval must exceed; empty: the incumbent, by
 *     the interval of their paired difference
 * @param effectiveSampleSize at least so many
 * @param maxWeightShare one episode carries at most so much of all weight, in (0, 1]
 * @param unsupportedMass at most so much probability goes to actions the log never shows, in [0, 1]
 */
public record PromoteIf(
    Optional<Double> lowerBoundAbove,
    double effectiveSampleSize,
    double maxWeightShare,
    double unsupportedMass) {
  /** A hundred effective episodes; a tenth of the weight; a twentieth of the mass. */
  public static final PromoteIf DEFAULT = new PromoteIf(Optional.empty(), 100, 0.1, 0.05);

  /** The word for comparing with the incumbent. */
  public static final String INCUMBENT = "incumbent";

  /** Checks the ranges. */
  public PromoteIf {
    Require.nonNegative("effective-sample-size", effectiveSampleSize);
    Require.closed("max-weight-share", maxWeightShare, 0, 1);
    Require.closed("unsupported-mass", unsupportedMass, 0, 1);
  }

  /** Reads the section {@code promote-if}. */
  public static PromoteIf from(ConfigNode node) {
    ConfigNode above = node.at("lower-bound-above");
    Optional<Double> bound =
        above.optionalText().filter(INCUMBENT::equals).isPresent()
            ? Optional.empty()
            : bound(above);
    double size = node.at("effective-sample-size").number(DEFAULT.effectiveSampleSize);
    double share = node.at("max-weight-share").number(DEFAULT.maxWeightShare);
    double mass = node.at("unsupported-mass").number(DEFAULT.unsupportedMass);
    return node.checked(() -> new PromoteIf(bound, size, share, mass)).orElse(DEFAULT);
  }

  private static Optional<Double> bound(ConfigNode above) {
    return above
        .optionalText()
        .flatMap(
            text -> {
              try {
                double number = Double.parseDouble(text);
                if (Double.isFinite(number)) {
                  return Optional.of(number);
                }
              } catch (NumberFormatException e) {
                // said below, together with numbers that are not finite
              }
              above.problem("is '" + text + "', but should be '" + INCUMBENT + "' or a number");
              return Optional.empty();
            });
  }
}
