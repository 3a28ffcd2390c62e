package dev.hindcast.evaluation.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.Require;
import java.util.List;
import java.util.Optional;

/**
 * What a policy must show before it may be promoted.
 *
 * @param lowerBoundAbove what the lower end of its interval must exceed; empty: the incumbent, by
 *     the interval of their paired difference
 * @param effectiveSampleSize at least so many
 * @param maxWeightShare one episode carries at most so much of all weight, in (0, 1]
 * @param unsupportedMass at most so much probability goes to actions the log never shows, in [0, 1]
 * @param constraints what it must do of single components of the reward; none in reports of earlier
 *     builds
 */
public record PromoteIf(
    Optional<Double> lowerBoundAbove,
    double effectiveSampleSize,
    double maxWeightShare,
    double unsupportedMass,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Constraint> constraints) {
  /** A hundred effective episodes; a tenth of the weight; a twentieth of the mass. */
  public static final PromoteIf DEFAULT =
      new PromoteIf(Optional.empty(), 100, 0.1, 0.05, List.of());

  /** The word for comparing with the incumbent. */
  public static final String INCUMBENT = "incumbent";

  /** Checks the ranges and copies the list. */
  public PromoteIf {
    constraints = constraints == null ? List.of() : List.copyOf(constraints);
    Require.nonNegative("effective-sample-size", effectiveSampleSize);
    Require.closed("max-weight-share", maxWeightShare, 0, 1);
    Require.closed("unsupported-mass", unsupportedMass, 0, 1);
  }

  /** Reads the section {@code promote-if}. */
  public static PromoteIf from(ConfigNode node) {
    Optional<Double> bound = boundOrIncumbent(node.at("lower-bound-above"));
    double size = node.at("effective-sample-size").number(DEFAULT.effectiveSampleSize);
    double share = node.at("max-weight-share").number(DEFAULT.maxWeightShare);
    double mass = node.at("unsupported-mass").number(DEFAULT.unsupportedMass);
    List<Constraint> constraints = Constraint.from(node.section("constraints"));
    return node.checked(() -> new PromoteIf(bound, size, share, mass, constraints)).orElse(DEFAULT);
  }

  /** A number; empty for the incumbent, which stands for itself where there is nothing. */
  static Optional<Double> boundOrIncumbent(ConfigNode above) {
    return above
        .optionalText()
        .filter(text -> !text.equals(INCUMBENT))
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
