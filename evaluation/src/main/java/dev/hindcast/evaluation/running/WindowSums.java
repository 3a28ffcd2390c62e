package dev.hindcast.evaluation.running;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What is known of the episodes of a window, or of a part of them. Parts merge. */
public final class WindowSums {
  private final long plan;
  private final Moments moments;
  private final double[] largestWeights; // (policies)
  private long outside;

  /** Nothing yet. */
  public WindowSums(RunningPlan plan) {
    this(plan.id(), new Moments(plan.width()), new double[plan.policies().size()]);
  }

  private WindowSums(long plan, Moments moments, double[] largestWeights) {
    this.plan = plan;
    this.moments = moments;
    this.largestWeights = largestWeights;
  }

  /** Adds an episode. */
  public void add(RunningPlan known, EpisodeNumbers episode) {
    moments.add(episode.numbers());
    for (int p = 0; p < largestWeights.length; p++) {
      largestWeights[p] = Math.max(largestWeights[p], episode.numbers()[known.weightPlace(p)]);
    }
    outside += episode.isOutside() ? 1 : 0;
  }

  /** Adds another part. */
  public void merge(WindowSums other) {
    moments.merge(other.moments);
    for (int p = 0; p < largestWeights.length; p++) {
      largestWeights[p] = Math.max(largestWeights[p], other.largestWeights[p]);
    }
    outside += other.outside;
  }

  /** The plan whose numbers these are. */
  public long plan() {
    return plan;
  }

  /** The sums. */
  public Moments moments() {
    return moments;
  }

  /** How many episodes had a return outside of the range that returns are said to have. */
  public long outside() {
    return outside;
  }

  double largestWeight(int policy) {
    return largestWeights[policy];
  }

  /** Writes all of it. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(plan);
    out.writeLong(outside);
    out.writeInt(largestWeights.length);
    for (double weight : largestWeights) {
      out.writeDouble(weight);
    }
    moments.write(out);
  }

  /** Reads what {@link #write} wrote. */
  public static WindowSums read(DataInput in) throws IOException {
    long plan = in.readLong();
    long outside = in.readLong();
    double[] weights = new double[in.readInt()];
    for (int p = 0; p < weights.length; p++) {
      weights[p] = in.readDouble();
    }
    WindowSums sums = new WindowSums(plan, Moments.read(in), weights);
    sums.outside = outside;
    return sums;
  }
}
