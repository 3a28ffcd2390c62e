package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/** An episode ends in one way. Kept rows count as terminated. */
final class BothTerminatedAndTruncated implements EventCheck {
  @Override
  public String name() {
    return "both-terminated-and-truncated";
  }

  @Override
  public String description() {
    return "a row says both that the world ended the episode and that it was cut off";
  }

  @Override
  public boolean canBeKept() {
    return true;
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {

    return event.terminated() && event.truncated()
        ? Optional.of("both flags are set")
        : Optional.empty();
  }
}
