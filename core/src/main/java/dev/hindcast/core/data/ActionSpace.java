package dev.hindcast.core.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.List;

/** What can be done in one step: one of n choices, or a point in a box. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ActionSpace.Discrete.class, name = "discrete"),
  @JsonSubTypes.Type(value = ActionSpace.Box.class, name = "box")
})
public sealed interface ActionSpace extends Serializable
    permits ActionSpace.Discrete, ActionSpace.Box {
  /** The space in words, for messages: "25 discrete actions". */
  String inWords();

  /**
   * One of {@code size} choices, numbered from 0.
   *
   * @param size the number of choices, at least 1
   */
  record Discrete(int size) implements ActionSpace {
    /** Checks the size. */
    public Discrete {
      if (size < 1) {
        throw new IllegalArgumentException(
            "A discrete action space needs at least 1 action, not " + size + ".");
      }
    }

    @Override
    public String inWords() {
      return size + " discrete actions";
    }
  }

  /**
   * A point with one coordinate in each closed interval.
   *
   * @param low the lower ends
   * @param high the upper ends, as many, none below its lower end
   */
  record Box(List<Float> low, List<Float> high) implements ActionSpace {
    /** Checks the ends. */
    public Box {
      low = List.copyOf(low);
      high = List.copyOf(high);
      if (low.isEmpty() || low.size() != high.size()) {
        throw new IllegalArgumentException(
            "A box needs as many upper as lower ends, and at least one.");
      }
      for (int i = 0; i < low.size(); i++) {
        if (!(low.get(i) <= high.get(i)) || low.get(i).isInfinite() || high.get(i).isInfinite()) {
          throw new IllegalArgumentException(
              "Coordinate "
                  + i
                  + " of a box has the ends "
                  + low.get(i)
                  + " and "
                  + high.get(i)
                  + ".");
        }
      }
    }

    /** The number of coordinates. */
    public int dimensions() {
      return low.size();
    }

    /**
     * From [-1, 1] in every coordinate, where learners work, to the box.
     *
     * @param units (rows, dimensions)
     */
    public float[] fromUnits(float[] units) {
      int d = dimensions();
      float[] actions = new float[units.length];
      for (int i = 0; i < units.length; i++) {
        double low = this.low.get(i % d);
        double high = this.high.get(i % d);
        actions[i] =
            (float) Math.min(high, Math.max(low, low + 0.5 * (units[i] + 1.0) * (high - low)));
      }
      return actions;
    }

    /**
     * From the box to [-1, 1] in every coordinate; 0 where the box has no width.
     *
     * @param actions (rows, dimensions)
     */
    public float[] toUnits(float[] actions) {
      int d = dimensions();
      float[] units = new float[actions.length];
      for (int i = 0; i < actions.length; i++) {
        double low = this.low.get(i % d);
        double high = this.high.get(i % d);
        units[i] = high > low ? (float) (2 * (actions[i] - low) / (high - low) - 1) : 0;
      }
      return units;
    }

    @Override
    public String inWords() {
      return "a box of " + dimensions() + " continuous actions";
    }
  }
}
