package dev.hindcast.ingestion.check;

import dev.hindcast.ingestion.mapping.Event;
import dev.hindcast.ingestion.mapping.Sessionizer;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Steps are numbered 0, 1, 2 ... without a gap. Logs that number them otherwise can be mapped with
 * order-by.
 */
final class GapInSteps implements EpisodeCheck {
  @Override
  public String name() {
    return "gap-in-steps";
  }

  @Override
  public String description() {
    return "steps do not begin at 0, or one is missing";
  }

  @Override
  public void check(
      List<Event> events, Sessionizer.Ordering ordering, BiConsumer<Integer, String> broken) {

    if (ordering != Sessionizer.Ordering.STEP) {
      return;
    }
    if (order(events.get(0)) != 0) {
      broken.accept(0, "the first step is " + order(events.get(0)) + ", not 0");
    }
    for (int i = 1; i < events.size(); i++) {
      long before = order(events.get(i - 1));
      if (order(events.get(i)) != before + 1) {
        broken.accept(i, "step " + order(events.get(i)) + " follows step " + before);
      }
    }
  }

  private static long order(Event event) {
    return event.order().orElseThrow();
  }
}
