package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.ingestion.mapping.FieldMapping.Ending;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;

/**
 * Puts the events of one episode in order and makes an episode of them.
 *
 * @param ordering what orders them
 * @param endsAs what the last event means when its row says nothing
 * @param withDurations whether events say how long they took
 */
public record Sessionizer(Ordering ordering, Ending endsAs, boolean withDurations)
    implements Serializable {
  /** What orders the events of an episode. */
  public enum Ordering {
    /** Steps, numbered from 0. */
    STEP,
    /** A moment or another number that grows. */
    COLUMN,
    /** Nothing: each row is an episode of its own. */
    NONE
  }

  /** For a mapping. */
  public static Sessionizer of(ResolvedMapping mapping) {
    Ordering ordering =
        mapping.step() != ResolvedMapping.NONE
            ? Ordering.STEP
            : mapping.orderBy() != ResolvedMapping.NONE ? Ordering.COLUMN : Ordering.NONE;
    return new Sessionizer(ordering, mapping.endsAs(), mapping.hasDuration());
  }

  /** The events of one episode in order. */
  public List<Event> inOrder(List<Event> events) {
    return events.stream()
        .sorted(Comparator.comparingLong(event -> event.order().orElseThrow()))
        .toList();
  }

  /**
   * Adds one episode of checked events in order. An episode that both ended in the world and was
   * cut off counts as ended in the world.
   */
  public void append(List<Event> events, TransitionColumns.Builder builder) {
    builder.beginEpisode(events.get(0).episodeId());
    for (Event event : events) {
      Event.Seen seen = event.seen();
      if (event.vector().length > 0) {
        builder.addBoxStep(
            seen.numbers(), seen.codes(), event.vector(), event.reward(), event.propensity());
      } else {
        builder.addStep(
            seen.numbers(),
            seen.codes(),
            seen.mask(),
            event.action(),
            event.reward(),
            event.propensity());
      }
      if (event.rewardParts().length > 0) {
        builder.paying(event.rewardParts());
      }
      if (withDurations) {
        builder.lasting(event.duration());
      }
      if (event.demonstration()) {
        builder.asDemonstration();
      }
    }
    Event last = events.get(events.size() - 1);
    boolean terminated = last.terminated() || (!last.truncated() && endsAs == Ending.TERMINATED);
    if (!terminated && last.next().isPresent()) {
      Event.Seen next = last.next().get();
      builder.endEpisodeWithFinalObservation(false, next.numbers(), next.codes(), next.mask());
    } else {
      builder.endEpisode(terminated);
    }
  }
}
