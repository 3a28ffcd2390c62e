package dev.hindcast.core.report;

import java.util.Optional;

/**
 * A figure with its interval.
 *
 * @param value the figure
 * @param lower the lower end of the interval; absent where none could be computed
 * @param upper the upper end of the interval
 */
public record Ranged(double value, Optional<Double> lower, Optional<Double> upper) {}
