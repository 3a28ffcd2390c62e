package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/** A rule that every event must keep by itself. */
public non-sealed interface EventCheck extends Check {
  /** What is wrong with the event, in words with the offending value; empty when nothing is. */
  Optional<String> broken(Event event, ActionSpace actions);
}
