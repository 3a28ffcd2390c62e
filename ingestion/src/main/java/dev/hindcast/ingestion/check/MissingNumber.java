package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/**
 * All numbers of the observation are there. Where they are missing for a reason, such as the days
 * since a complaint of somebody who never complained, these rows can be kept.
 */
final class MissingNumber implements EventCheck {
  static final String NAME = "missing-number";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "a number of the observation is empty or NaN";
  }

  @Override
  public boolean canBeKept() {
    return true;
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {
    return event.seen().firstMissing().stream()
        .mapToObj(i -> "numeric observation field " + i + " is empty")
        .findFirst();
  }
}
