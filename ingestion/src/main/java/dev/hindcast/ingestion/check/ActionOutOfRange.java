package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/** Actions are in their set or box. */
final class ActionOutOfRange implements EventCheck {
  @Override
  public String name() {
    return "action-out-of-range";
  }

  @Override
  public String description() {
    return "an action is not in its set, or outside its box";
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {

    if (actions instanceof ActionSpace.Discrete discrete) {
      return event.action() >= 0 && event.action() < discrete.size()
          ? Optional.empty()
          : Optional.of(
              "action is " + event.action() + ", but must be 0 to " + (discrete.size() - 1));
    }
    ActionSpace.Box box = (ActionSpace.Box) actions;
    for (int i = 0; i < box.dimensions(); i++) {
      float coordinate = event.vector()[i];
      if (!ActionRoundedOutOfBox.isNearly(coordinate, box, i)) {
        return Optional.of(
            "action coordinate "
                + i
                + " is "
                + coordinate
                + ", but must lie in ["
                + box.low().get(i)
                + ", "
                + box.high().get(i)
                + "]");
      }
    }
    return Optional.empty();
  }
}
