package dev.hindcast.ingestion.mapping;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A row of a log as a moment at which an action is to be chosen, whatever was done then.
 *
 * @param episodeId the episode it belongs to; empty when the row names none
 * @param order what orders it within its episode, when that is known
 * @param seen what is seen before the action; absent when there is a problem
 * @param problem why it cannot be said what is seen; empty when it can
 */
record Moment(String episodeId, OptionalLong order, Optional<Event.Seen> seen, String problem) {}
