package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/** Something can always be done. */
final class EmptyMask implements EventCheck {
  @Override
  public String name() {
    return "empty-mask";
  }

  @Override
  public String description() {
    return "a mask admits no action";
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {

    for (boolean admissible : event.seen().mask()) {
      if (admissible) {
        return Optional.empty();
      }
    }
    return event.seen().mask().length == 0
        ? Optional.empty()
        : Optional.of("no action is admissible");
  }
}
