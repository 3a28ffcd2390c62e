package dev.hindcast.training.learner;

import java.util.function.IntPredicate;

/**
 * One member's learner of a {@link Gathering} whose members learn as one. What it reports is of all
 * rows.
 *
 * @param own what learns from the rows here
 * @param all the rows
 */
public record JointLearner(Learner own, AllRows all) implements Learner {
  @Override
  public Losses update(MiniBatch batch) {
    return all.mean(own.update(batch), batch.size());
  }

  @Override
  public IntPredicate steps() {
    return own.steps();
  }

  @Override
  public LearnerState state() {
    return own.state();
  }

  @Override
  public void restore(LearnerState state) {
    own.restore(state);
  }

  @Override
  public byte[] snapshot() {
    return own.snapshot();
  }

  @Override
  public void close() {
    own.close();
  }
}
