package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/**
 * Importance weights divide by the propensity: it must be a probability above 0 (or a density, for
 * a box).
 */
final class InvalidPropensity implements EventCheck {
  @Override
  public String name() {
    return "invalid-propensity";
  }

  @Override
  public String description() {
    return "a propensity is outside (0, 1], or for a box not above 0";
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {

    double propensity = event.propensity();
    double highest = actions instanceof ActionSpace.Box ? Double.MAX_VALUE : 1;
    return propensity > 0 && propensity <= highest
        ? Optional.empty()
        : Optional.of("propensity is " + propensity);
  }
}
