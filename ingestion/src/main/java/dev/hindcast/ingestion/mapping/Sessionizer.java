package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.ingestion.mapping.FieldMapping.Ending;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts the rows of one id into episodes, and makes an episode of events in order.
 *
 * @param ordering what orders them
 * @param gap the longest pause within an episode, in what orders rows; 0 for any
 * @param endsAs what the last event means when its row says nothing
 * @param withDurations whether events say how long they took
 */
public record Sessionizer(Ordering ordering, long gap, Ending endsAs, boolean withDurations)
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
    return new Sessionizer(ordering, mapping.gap(), mapping.endsAs(), mapping.hasDuration());
  }

  /**
   * Rows that are one episode.
   *
   * @param episodeId what it is called
   * @param places where its rows stand in the list that was cut
   */
  public record Piece(String episodeId, List<Integer> places) {
    /** Copies the list. */
    public Piece {
      places = List.copyOf(places);
    }

    /** Its rows, out of the list that was cut, under its own name. */
    public List<MappedRow> of(List<MappedRow> rows) {
      return places.stream().map(place -> rows.get(place).inEpisode(episodeId)).toList();
    }
  }

  /**
   * Cuts the rows of one id, in any order, wherever they pause for longer than the gap. Each piece
   * is named by the id, a slash and what orders its first row. Rows without an order stand apart,
   * under the id alone. Without a gap all rows are one piece.
   */
  public List<Piece> episodes(List<MappedRow> rows) {
    String id = rows.get(0).episodeId();
    List<Integer> all = IntStream.range(0, rows.size()).boxed().toList();
    if (gap == 0) {
      return List.of(new Piece(id, all));
    }
    List<Piece> pieces = new ArrayList<>();
    List<Integer> apart = all.stream().filter(place -> rows.get(place).order().isEmpty()).toList();
    if (!apart.isEmpty()) {
      pieces.add(new Piece(id, apart));
    }
    List<Integer> ordered =
        all.stream()
            .filter(place -> rows.get(place).order().isPresent())
            .sorted(Comparator.comparingLong(place -> order(rows, place)))
            .toList();
    int start = 0;
    for (int i = 1; i <= ordered.size(); i++) {
      if (i == ordered.size()
          || order(rows, ordered.get(i)) - order(rows, ordered.get(i - 1)) > gap) {
        pieces.add(
            new Piece(id + "/" + order(rows, ordered.get(start)), ordered.subList(start, i)));
        start = i;
      }
    }
    return pieces;
  }

  private static long order(List<MappedRow> rows, int place) {
    return rows.get(place).order().orElseThrow();
  }

  /**
   * Adds one episode of checked events in order. An episode that both ended in the world and was
   * cut off counts as ended in the world.
   */
  public void append(List<Event> events, TransitionColumns.Builder builder) {
    builder.beginEpisode(events.get(0).episodeId()).labelled(events.get(0).labels());
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
