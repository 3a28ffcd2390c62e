package dev.hindcast.evaluation.interval;

import java.util.Optional;

/**
 * A number with its interval.
 *
 * @param value the number
 * @param interval around it; empty where none could be computed
 */
public record Figure(double value, Optional<Interval> interval) {}
