package dev.hindcast.ingestion.check;

import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.Sessionizer;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * No two rows are the same step. Which one is right cannot be known, so all of them break the rule.
 */
final class DuplicateStep implements EpisodeCheck {
  @Override
  public String name() {
    return "duplicate-step";
  }

  @Override
  public String description() {
    return "two rows of an episode have the same step";
  }

  @Override
  public void check(
      List<Event> events, Sessionizer.Ordering ordering, BiConsumer<Integer, String> broken) {

    for (int i = 0; i < events.size(); i++) {
      boolean likeEarlier = i > 0 && order(events.get(i)) == order(events.get(i - 1));
      boolean likeLater = i + 1 < events.size() && order(events.get(i)) == order(events.get(i + 1));
      if (likeEarlier || likeLater) {
        broken.accept(
            i,
            switch (ordering) {
              case STEP -> "step " + order(events.get(i)) + " stands more than once";
              case COLUMN -> "the same place in the order stands more than once";
              case NONE -> "the episode has more than one row, but no step or order-by is mapped";
            });
      }
    }
  }

  private static long order(Event event) {
    return event.order().orElseThrow();
  }
}
