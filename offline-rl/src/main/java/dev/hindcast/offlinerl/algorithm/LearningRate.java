package dev.hindcast.offlinerl.algorithm;

/** How learning rates fall during training. */
final class LearningRate {
  private LearningRate() {}

  /**
   * Half a cosine from the initial rate down to zero (Loshchilov and Hutter, 2017, no restarts).
   */
  static double cosine(double initial, double progress) {
    return initial * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
