package dev.hindcast.evaluation.scoring;

import java.util.Locale;

/** How a decision is made from a policy's distribution. */
public enum Acting {
  /** An action is drawn, so that the decisions can be learned from and weighed later. */
  SAMPLE,
  /** The most probable action, or the policy's own choice in a box, is taken for certain. */
  GREEDY;

  /** The JSON spelling. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
