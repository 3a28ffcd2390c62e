package dev.hindcast.gbrl.algorithm;

import dev.hindcast.training.learner.Experience;

/**
 * Between what a return can lie. A greatest return goes either way, but rewards of one sign do not,
 * and no episode ends before its first reward.
 *
 * @param least no return is less
 * @param greatest no return is more
 */
record ValueBounds(double least, double greatest) {
  static ValueBounds of(Experience experience) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < experience.data().rows(); row++) {
      least = Math.min(least, experience.reward(row));
      greatest = Math.max(greatest, experience.reward(row));
    }
    double[] both = experience.all().greatest(-least, greatest);
    least = -both[0];
    greatest = both[1];
    double far = experience.greatestReturn();
    return new ValueBounds(least >= 0 ? least : -far, greatest <= 0 ? greatest : far);
  }

  /** Cuts targets, in place; the share of those that were beyond. */
  double cut(float[] targets) {
    int beyond = 0;
    for (int i = 0; i < targets.length; i++) {
      beyond += targets[i] < least || targets[i] > greatest ? 1 : 0;
      if (!Float.isNaN(targets[i])) {
        targets[i] = (float) Math.min(greatest, Math.max(least, targets[i]));
      }
    }
    return (double) beyond / targets.length;
  }
}
