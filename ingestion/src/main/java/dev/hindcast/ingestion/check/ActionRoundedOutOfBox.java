package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/**
 * Actions beyond an end of their box by no more than rounding explains: a ten-thousandth of the
 * box's width. They are cut to the box and counted.
 */
final class ActionRoundedOutOfBox implements EventCheck {
  private static final double ROUNDING = 1e-4;

  @Override
  public String name() {
    return "action-rounded-out-of-box";
  }

  @Override
  public String description() {
    return "a box action is beyond an end by at most 0.0001 of the width; it is cut to the end";
  }

  @Override
  public boolean canBeKept() {
    return true;
  }

  @Override
  public Treatments.Treatment treatment() {
    return new Treatments.Treatment(Treatments.Treat.KEEP, 1);
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {
    for (int i = 0; i < event.vector().length; i++) {
      ActionSpace.Box box = (ActionSpace.Box) actions;
      float coordinate = event.vector()[i];
      if (coordinate < box.low().get(i) || coordinate > box.high().get(i)) {
        return Optional.of("action coordinate " + i + " is " + coordinate);
      }
    }
    return Optional.empty();
  }

  /** Whether a coordinate is in its interval, or beyond it by no more than rounding explains. */
  static boolean isNearly(float coordinate, ActionSpace.Box box, int i) {
    double low = box.low().get(i);
    double high = box.high().get(i);
    double slack = ROUNDING * (high - low);
    return coordinate >= low - slack && coordinate <= high + slack;
  }

  /** The event with its action inside its box; itself when it is. */
  static Event cut(Event event, ActionSpace actions) {
    if (!(actions instanceof ActionSpace.Box box)) {
      return event;
    }
    float[] cut = event.vector().clone();
    for (int i = 0; i < cut.length; i++) {
      cut[i] = Math.min(box.high().get(i), Math.max(box.low().get(i), cut[i]));
    }
    return event.withVector(cut);
  }
}
