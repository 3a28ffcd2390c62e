package dev.hindcast.ingestion.check;

import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;
import java.util.OptionalLong;

/** Sound events over three actions, to be spoilt one value at a time. */
final class Events {
  private Events() {}

  static Event sound(String id, long step) {
    return of(id, step, 1f, 0, 0.5, new boolean[] {true, true, false}, false, false);
  }

  static Event of(
      String id,
      long step,
      float number,
      int action,
      double propensity,
      boolean[] mask,
      boolean terminated,
      boolean truncated) {
    return new Event(
        id,
        OptionalLong.of(step),
        new Event.Seen(new float[] {number}, new int[0], mask),
        action,
        new float[0],
        1,
        new double[0],
        propensity,
        terminated,
        truncated,
        1,
        false,
        new String[0],
        Optional.empty());
  }

  static Event last(String id, long step) {
    return of(id, step, 1f, 0, 0.5, new boolean[] {true, true, false}, true, false);
  }

  static Event withNumber(String id, long step, float number) {
    return of(id, step, number, 0, 0.5, new boolean[] {true, true, false}, false, false);
  }

  static Event withAction(String id, long step, int action) {
    return of(id, step, 1f, action, 0.5, new boolean[] {true, true, false}, false, false);
  }

  static Event withPropensity(String id, long step, double propensity) {
    return of(id, step, 1f, 0, propensity, new boolean[] {true, true, false}, false, false);
  }

  static Event followedBy(Event event, Event.Seen next) {
    return new Event(
        event.episodeId(),
        event.order(),
        event.seen(),
        event.action(),
        event.vector(),
        event.reward(),
        event.rewardParts(),
        event.propensity(),
        event.terminated(),
        event.truncated(),
        event.duration(),
        event.demonstration(),
        event.labels(),
        Optional.of(next));
  }
}
