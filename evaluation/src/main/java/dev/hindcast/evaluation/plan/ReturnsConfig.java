package dev.hindcast.evaluation.plan;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.Require;
import java.util.List;

/**
 * What is told of returns beyond their mean: the config section {@code evaluate.returns}.
 *
 * @param tail the share of episodes that counts as the worst, in (0, 1)
 * @param quantiles shares of probability, each in (0, 1), increasing
 */
public record ReturnsConfig(double tail, List<Double> quantiles) {
  /** The worst tenth; the median, the quartiles, and one episode in twenty at either end. */
  public static final ReturnsConfig DEFAULT =
      new ReturnsConfig(0.1, List.of(0.05, 0.25, 0.5, 0.75, 0.95));

  /** Checks the ranges. */
  public ReturnsConfig {
    Require.open("tail", tail, 0, 1);
    quantiles = quantiles.stream().distinct().sorted().toList();
    quantiles.forEach(share -> Require.open("quantiles", share, 0, 1));
  }

  /** Reads the section. */
  public static ReturnsConfig from(ConfigNode node) {
    double tail = node.at("tail").number(DEFAULT.tail);
    ConfigNode shares = node.at("quantiles");
    List<Double> quantiles =
        shares.isPresent()
            ? shares.items().stream().map(item -> item.number(0.5)).toList()
            : DEFAULT.quantiles;
    return node.checked(() -> new ReturnsConfig(tail, quantiles)).orElse(DEFAULT);
  }
}
