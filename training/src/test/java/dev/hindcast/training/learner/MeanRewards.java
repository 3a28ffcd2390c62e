package dev.hindcast.training.learner;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The least of learners, for tests of what trains learners: from a random guess it learns what each
 * discrete action earns, with momentum and running squares as Adam has.
 */
public final class MeanRewards implements Learner {
  private static final String NAME = "rewards";

  private final float[] values;
  private float[] mean;
  private float[] square;
  private long steps;

  /** With as many guesses as there are actions. */
  public MeanRewards(int actions, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    values = new float[actions];
    mean = new float[actions];
    square = new float[actions];
    for (int i = 0; i < actions; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
  }

  @Override
  public Losses update(MiniBatch batch) {
    double[] gradient = new double[values.length];
    int[] actions = batch.actions();
    float[] rewards = batch.rewards();
    double loss = 0;
    for (int i = 0; i < actions.length; i++) {
      double error = values[actions[i]] - rewards[i];
      gradient[actions[i]] += error / actions.length;
      loss += error * error / actions.length;
    }
    steps++;
    for (int i = 0; i < values.length; i++) {
      mean[i] = (float) (0.9 * mean[i] + 0.1 * gradient[i]);
      square[i] = (float) (0.99 * square[i] + 0.01 * gradient[i] * gradient[i]);
      values[i] -= (float) (0.01 * mean[i] / (Math.sqrt(square[i]) + 1e-3));
    }
    return Losses.of(Map.of("value_loss", loss, "reward", Losses.mean(values)));
  }

  @Override
  public LearnerState state() {
    return LearnerState.of(
        Map.of(
            NAME, new LearnerState.Numbers(values.clone(), steps, mean.clone(), square.clone())));
  }

  @Override
  public void restore(LearnerState state) {
    LearnerState.Numbers kept = state.numbers().get(NAME);
    System.arraycopy(kept.values(), 0, values, 0, values.length);
    steps = kept.steps();
    mean = kept.mean().clone();
    square = kept.variance().clone();
  }

  @Override
  public byte[] snapshot() {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  @Override
  public void close() {}
}
