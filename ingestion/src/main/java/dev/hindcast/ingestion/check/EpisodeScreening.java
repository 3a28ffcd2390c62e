package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.dataset.columns.QuarantineFile;
import dev.hindcast.ingestion.check.Treatments.Treat;
import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.MappedRow;
import dev.hindcast.ingestion.mapping.Sessionizer;
import dev.hindcast.ingestion.mapping.UnmappedRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Decides about one episode at a time: either all its rows are in order, or all of them are set
 * aside, because a trajectory with a hole has no importance weight.
 *
 * @param sessionizer puts events in order
 * @param actions what can be done
 * @param treatments what happens to rows that break a rule
 */
public record EpisodeScreening(Sessionizer sessionizer, ActionSpace actions, Treatments treatments)
    implements Serializable {
  /**
   * What was decided.
   *
   * @param kept the episode in order; empty when it was set aside
   * @param quarantined its rows, when it was set aside
   * @param places where each of those stands among the rows that were screened
   * @param warnings rules that kept rows broke, with the rows that did
   */
  public record Decision(
      List<Event> kept,
      List<QuarantineFile.Row> quarantined,
      List<Integer> places,
      Map<String, List<QuarantineFile.Row>> warnings) {}

  /** An event in order, and where its row stands among those screened. */
  private record Placed(int place, Event event) {}

  /** Screens the rows of one episode, in any order; or rows that all name no episode. */
  public Decision screen(List<MappedRow> rows) {
    List<QuarantineFile.Row> broken = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Placed> sound = new ArrayList<>();
    Map<String, List<QuarantineFile.Row>> warnings = new TreeMap<>();
    for (int place = 0; place < rows.size(); place++) {
      MappedRow row = rows.get(place);
      Optional<QuarantineFile.Row> finding = screen(row, warnings);
      if (finding.isPresent()) {
        broken.add(finding.get());
        places.add(place);
      } else {
        sound.add(
            new Placed(place, ActionRoundedOutOfBox.cut(withNextInOrder((Event) row), actions)));
      }
    }
    if (broken.isEmpty()) {
      sound.sort(Comparator.comparingLong(placed -> placed.event().order().orElseThrow()));
      List<Event> ordered = sound.stream().map(Placed::event).toList();
      Map<Integer, QuarantineFile.Row> out = new TreeMap<>();
      for (EpisodeCheck check : Checks.EPISODE) {
        if (out.isEmpty()) {
          check.check(
              ordered,
              sessionizer.ordering(),
              (place, detail) -> out.put(place, row(ordered.get(place), check.name(), detail)));
        }
      }
      if (out.isEmpty()) {
        return new Decision(ordered, List.of(), List.of(), warnings);
      }
      List<Placed> companions = new ArrayList<>();
      for (int i = 0; i < sound.size(); i++) {
        if (out.containsKey(i)) {
          broken.add(out.get(i));
          places.add(sound.get(i).place());
        } else {
          companions.add(sound.get(i));
        }
      }
      sound = companions;
    }
    String because = broken.stream().sorted().findFirst().orElseThrow().rule();
    for (Placed companion : sound) {
      broken.add(row(companion.event(), Checks.COMPANION, because));
      places.add(companion.place());
    }
    return new Decision(List.of(), broken, places, Map.of());
  }

  /** What followed counts for what is known of it, or for nothing, as missing numbers are kept. */
  private Event withNextInOrder(Event event) {
    boolean isMissing = event.next().map(seen -> seen.firstMissing().isPresent()).orElse(false);
    return isMissing && !treatments.areMissingNumbersKept() ? event.withoutNext() : event;
  }

  private Optional<QuarantineFile.Row> screen(
      MappedRow row, Map<String, List<QuarantineFile.Row>> warnings) {
    if (row instanceof UnmappedRow unmapped) {
      return Optional.of(row(row, Checks.name(unmapped.trouble()), unmapped.detail()));
    }
    Event event = (Event) row;
    for (EventCheck check : Checks.EVENT) {
      Optional<String> detail = check.broken(event, actions);
      if (detail.isEmpty()) {
        continue;
      }
      QuarantineFile.Row finding = row(event, check.name(), detail.get());
      if (treatments.of(check.name()).treat() != Treat.KEEP) {
        return Optional.of(finding);
      }
      warnings.computeIfAbsent(check.name(), name -> new ArrayList<>()).add(finding);
    }
    return Optional.empty();
  }

  private QuarantineFile.Row row(MappedRow row, String rule, String detail) {
    return QuarantineFile.Row.of(row.episodeId(), step(row.order()), rule, detail);
  }

  private OptionalInt step(OptionalLong order) {
    boolean isStep =
        sessionizer.ordering() == Sessionizer.Ordering.STEP
            && order.isPresent()
            && order.getAsLong() == (int) order.getAsLong();
    return isStep ? OptionalInt.of((int) order.getAsLong()) : OptionalInt.empty();
  }
}
