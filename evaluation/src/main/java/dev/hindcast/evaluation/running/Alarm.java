package dev.hindcast.evaluation.running;

import java.util.Optional;

/**
 * Something that a person should know has begun, or is over.
 *
 * @param time the end of the window that showed it, ISO 8601
 * @param alarm the name of a {@link Kind}
 * @param policy whom it is about
 * @param state {@code raised} or {@code cleared}
 * @param words what it says, in one sentence
 * @param figure the bound or figure that decided
 * @param against what it was compared with
 */
public record Alarm(
    String time,
    String alarm,
    String policy,
    String state,
    String words,
    Optional<Double> figure,
    double against) {
  /** The state of one that has begun. */
  public static final String RAISED = "raised";

  /** The state of one that is over. */
  public static final String CLEARED = "cleared";

  /** What alarms there are. */
  public enum Kind {
    /** The champion is worth less than its gate: its upper bound is below. */
    BELOW_GATE("below-gate"),
    /** A challenger is better than the champion: the difference's lower bound is above 0. */
    OVERTAKEN("overtaken"),
    /** The effective sample size of a window is a tiny share of its episodes. */
    SUPPORT_COLLAPSED("support-collapsed"),
    /** The mean weight is not 1: propensities are wrong, or the log lacks what the policy does. */
    WEIGHTS_OFF("weights-off");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    /** The spelling in files. */
    public String key() {
      return key;
    }
  }
}
