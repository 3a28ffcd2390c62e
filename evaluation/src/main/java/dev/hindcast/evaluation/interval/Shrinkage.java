package dev.hindcast.evaluation.interval;

import java.util.ArrayList;
import java.util.List;

/**
 * Estimates of several groups drawn towards their mean, as far as their errors explain why they
 * differ: empirical Bayes for normal estimates with a normal prior. Morris (1983), Parametric
 * Empirical Bayes Inference, JASA 78: estimates by his equation (1.17), variances, which know that
 * the prior is estimated, by (1.18). With equal errors this is the positive-part rule of James and
 * Stein. Fewer than four groups stay as they are: they say too little about a prior.
 */
public final class Shrinkage {
  private static final int LEAST = 4;
  private static final int ROUNDS = 200;

  private Shrinkage() {}

  /**
   * One group after shrinking.
   *
   * @param value its estimate
   * @param error its standard error
   */
  public record Shrunk(double value, double error) {}

  /**
   * Shrinks.
   *
   * @param values (groups) the estimates
   * @param errors (groups) their standard errors, each above 0
   */
  public static List<Shrunk> of(double[] values, double[] errors) {
    int k = values.length;
    List<Shrunk> shrunk = new ArrayList<>();
    if (k < LEAST) {
      for (int i = 0; i < k; i++) {
        shrunk.add(new Shrunk(values[i], errors[i]));
      }
      return shrunk;
    }
    double prior = priorVariance(values, errors);
    double mean = mean(values, errors, prior);
    double sum = 0;
    double weighed = 0;
    for (double error : errors) {
      sum += 1 / (error * error + prior);
      weighed += error * error / (error * error + prior);
    }
    for (int i = 0; i < k; i++) {
      double variance = errors[i] * errors[i];
      double part = (k - 3.0) / (k - 1) * variance / (variance + prior);
      double leverage = 1 / (variance + prior) / sum; // r / k in the paper
      double doubt = 2.0 / (k - 3) * part * part * (weighed / sum + prior) / (variance + prior);
      double distance = values[i] - mean;
      double left = variance * (1 - (1 - leverage) * part) + doubt * distance * distance;
      shrunk.add(new Shrunk(mean + (1 - part) * distance, Math.sqrt(left)));
    }
    return shrunk;
  }

  /** The variance of what is estimated, found by repeating the paper's equation for it. */
  private static double priorVariance(double[] values, double[] errors) {
    int k = values.length;
    double prior = 0;
    for (int round = 0; round < ROUNDS; round++) {
      double mean = mean(values, errors, prior);
      double sum = 0;
      double excess = 0;
      for (int i = 0; i < k; i++) {
        double weight = 1 / (errors[i] * errors[i] + prior);
        double distance = values[i] - mean;
        sum += weight;
        excess += weight * (k / (k - 1.0) * distance * distance - errors[i] * errors[i]);
      }
      double next = Math.max(0, excess / sum);
      if (Math.abs(next - prior) <= 1e-12 * next) {
        return next;
      }
      prior = next;
    }
    return prior;
  }

  private static double mean(double[] values, double[] errors, double prior) {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < values.length; i++) {
      double weight = 1 / (errors[i] * errors[i] + prior);
      sum += weight * values[i];
      weights += weight;
    }
    return sum / weights;
  }
}
