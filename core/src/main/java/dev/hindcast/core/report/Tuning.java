package dev.hindcast.core.report;

import java.util.Optional;

/**
 * A parameter that an estimator chose for itself on the log it estimates from.
 *
 * @param parameter what it is called, in kebab-case
 * @param value which value was chosen; absent for infinity, and where no actions are put together
 * @param words what that means
 */
public record Tuning(String parameter, Optional<Double> value, String words) {
  /** How many groups actions are put together in. */
  public static final String ACTION_GROUPS = "action-groups";
}
