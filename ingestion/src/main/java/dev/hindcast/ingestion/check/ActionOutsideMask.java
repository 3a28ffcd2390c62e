package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/**
 * What was done was admissible. Loggers may do what target policies may not, so these rows can be
 * kept.
 */
final class ActionOutsideMask implements EventCheck {
  @Override
  public String name() {
    return "action-outside-mask";
  }

  @Override
  public String description() {
    return "the logged action is not among the admissible ones";
  }

  @Override
  public boolean canBeKept() {
    return true;
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {

    boolean[] mask = event.seen().mask();
    boolean outside = event.action() >= 0 && event.action() < mask.length && !mask[event.action()];
    return outside
        ? Optional.of("action " + event.action() + " is not admissible")
        : Optional.empty();
  }
}
