package dev.hindcast.ingestion.check;

import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.Sessionizer;
import java.util.List;
import java.util.function.BiConsumer;

/** Nothing follows the end of an episode. */
final class RowsAfterEnd implements EpisodeCheck {
  @Override
  public String name() {
    return "rows-after-end";
  }

  @Override
  public String description() {
    return "a row follows one that ended its episode";
  }

  @Override
  public void check(
      List<Event> events, Sessionizer.Ordering ordering, BiConsumer<Integer, String> broken) {

    boolean ended = false;
    for (int i = 0; i < events.size(); i++) {
      if (ended) {
        broken.accept(i, "the episode ended before this row");
      }
      ended |= events.get(i).terminated() || events.get(i).truncated();
    }
  }
}
