package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/** Time does not run backwards: what follows is discounted by the discount to this power. */
final class InvalidDuration implements EventCheck {
  @Override
  public String name() {
    return "invalid-duration";
  }

  @Override
  public String description() {
    return "a duration is negative, NaN or infinite";
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {
    double duration = event.duration();
    return duration >= 0 && duration <= Double.MAX_VALUE
        ? Optional.empty()
        : Optional.of("duration is " + duration);
  }
}
