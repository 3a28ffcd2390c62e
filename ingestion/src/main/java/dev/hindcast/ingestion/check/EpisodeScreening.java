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
   * @param warnings rules that kept rows broke, with the rows that did
   */
  public record Decision(
      List<Event> kept,
      List<QuarantineFile.Row> quarantined,
      Map<String, List<QuarantineFile.Row>> warnings) {}

  /** Screens the rows of one episode, in any order; or rows that all name no episode. */
  public Decision screen(List<MappedRow> rows) {
    List<QuarantineFile.Row> broken = new ArrayList<>();
    List<Event> sound = new ArrayList<>();
    Map<String, List<QuarantineFile.Row>> warnings = new TreeMap<>();
    for (MappedRow row : rows) {
      Optional<QuarantineFile.Row> finding = screen(row, warnings);
      if (finding.isPresent()) {
        broken.add(finding.get());
      } else {
        sound.add(ActionRoundedOutOfBox.cut(withNextInOrder((Event) row), actions));
      }
    }
    List<Event> ordered = sessionizer.inOrder(sound);
    if (broken.isEmpty()) {
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
        return new Decision(ordered, List.of(), warnings);
      }
      broken.addAll(out.values());
      sound = new ArrayList<>();
      for (int place = 0; place < ordered.size(); place++) {
        if (!out.containsKey(place)) {
          sound.add(ordered.get(place));
        }
      }
    }
    String because = broken.stream().sorted().findFirst().orElseThrow().rule();
    sound.forEach(event -> broken.add(row(event, Checks.COMPANION, because)));
    return new Decision(List.of(), broken, Map.of());
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
