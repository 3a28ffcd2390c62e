package dev.hindcast.training.head;

import dev.hindcast.core.data.Decisions;
import java.io.Serializable;

/**
 * Learned functions of an observation by role, as a {@link Head} reads them. Plain data, safe for
 * use from several threads.
 */
public interface Functions extends Serializable {
  /**
   * (rows, outputs): what a role's function gives for each decision.
   *
   * @param role one of those that the head needs without extra inputs
   */
  float[] outputs(String role, Decisions decisions);

  /**
   * (rows, outputs): the same for a role that takes another's action besides the observation.
   *
   * @param units (rows, dimensions), each coordinate in [-1, 1]
   */
  float[] outputs(String role, Decisions decisions, float[] units);

  /**
   * (rows, outputs): the same for a role that values an action of a box.
   *
   * @param actions (rows, dimensions), in the box's own units
   */
  float[] outputsAt(String role, Decisions decisions, float[] actions);
}
