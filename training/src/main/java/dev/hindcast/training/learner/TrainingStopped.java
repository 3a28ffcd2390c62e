package dev.hindcast.training.learner;

/**
 * A learner found that going on would be pointless; the training loop adds where it happened. The
 * message is a sentence for people.
 */
public final class TrainingStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what was found and what to do. */
  public TrainingStopped(String message) {
    super(message);
  }
}
