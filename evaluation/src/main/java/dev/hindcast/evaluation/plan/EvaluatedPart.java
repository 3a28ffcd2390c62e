package dev.hindcast.evaluation.plan;

import dev.hindcast.core.data.Split;
import java.util.List;

/** Which side of the dataset's split is evaluated. */
public enum EvaluatedPart {
  /** What learners have never seen. */
  HELD_OUT,
  /** What learners have seen: estimates of learned policies flatter them. */
  TRAINING,
  /** Both. */
  ALL;

  /** The sides, in reading order. */
  public List<Split.Part> parts() {
    return switch (this) {
      case HELD_OUT -> List.of(Split.Part.HELD_OUT);
      case TRAINING -> List.of(Split.Part.TRAINING);
      case ALL -> List.of(Split.Part.TRAINING, Split.Part.HELD_OUT);
    };
  }

  /** The JSON spelling. */
  public String key() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
