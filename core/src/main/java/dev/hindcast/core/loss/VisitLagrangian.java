package dev.hindcast.core.loss;

/**
 * The regularized Lagrangian whose saddle point holds the ratios of a policy's visits to a log's:
 * the greatest over ratios ζ of the least over values ν and a shift λ of
 *
 * <pre>{@code
 * κ E ν(o_0, π) + E_D[ζ (ρ r + γ ν(o', π) - ν(o, a))] + λ (κ H - E_D[ζ (1 - γ) H])
 *   + α_ν (E_D ν² + λ²) / 2 - α_ζ E_D ζ² / 2
 * }</pre>
 *
 * Yang, Nachum, Dai, Li, Schuurmans (2020), arXiv:2007.03438, with {@code f(x) = x²/2}. At the
 * right ratios all that is linear in ν cancels, whatever ν is: what is visited was entered, from a
 * start or from what was visited before.
 *
 * <p>Departs: γ is that of each step and 0 where the world ended the episode, and visits are
 * counted for each episode, so that κ, the log's episodes for each of its steps, stands in place of
 * {@code 1 - γ}. Where no episode ends this is the paper's problem on another scale; where they do,
 * a discount of 1 is no special case. The constraint of λ, in the paper that ratios average 1, says
 * that every episode ends once; H, one over the mean of {@code 1 - γ}, brings it to the same size.
 * λ is never left out: where values are not regularized it is no more than a part of ν that learns
 * as fast as the rest. Where they are, it is too, as in the paper of GenDICE.
 *
 * @param value the Lagrangian
 * @param byRatios (n) d value / d ζ
 * @param byValues (n) d value / d ν(o, a)
 * @param byNextValues (n) d value / d ν(o', π)
 * @param byStartValues (m) d value / d ν(o_0, π)
 * @param byShift d value / d λ
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the networks; never compared
public record VisitLagrangian(
    double value,
    float[] byRatios,
    float[] byValues,
    float[] byNextValues,
    float[] byStartValues,
    double byShift) {
  /** Which parts are there: what tells members of the DICE family apart. */
  public enum Form {
    /**
     * DualDICE (Nachum, Chow, Dai, Li 2019, arXiv:1906.04733): ratios are regularized, and may be
     * negative.
     */
    DUAL_DICE(0, 1, 0, false),
    /** GenDICE (Zhang, Dai, Li, Schuurmans 2020, arXiv:2002.09072): values are regularized. */
    GEN_DICE(1, 0, 0, true),
    /** What did best in the paper of the Lagrangian: ratios are regularized, and rewards count. */
    BEST_DICE(0, 1, 1, true);

    private final double valueWeight;
    private final double ratioWeight;
    private final double rewardWeight;
    private final boolean positive;

    Form(double valueWeight, double ratioWeight, double rewardWeight, boolean positive) {
      this.valueWeight = valueWeight;
      this.ratioWeight = ratioWeight;
      this.rewardWeight = rewardWeight;
      this.positive = positive;
    }

    /** Whether ratios must not be negative. */
    public boolean isPositive() {
      return positive;
    }
  }

  /**
   * The steps of a batch that the Lagrangian is a mean over.
   *
   * @param rewards (n) r
   * @param discounts (n) γ, 0 where the world ended the episode
   * @param startsPerStep κ, above 0
   * @param horizon H, above 0
   */
  public record Steps(float[] rewards, float[] discounts, double startsPerStep, double horizon) {}

  /**
   * Of a batch of n steps and m starts.
   *
   * @param ratios (n) ζ(o, a) of the logged actions
   * @param values (n) ν(o, a) of the same
   * @param nextValues (n) ν(o', π)
   * @param startValues (m) ν(o_0, π)
   * @param shift λ
   */
  public static VisitLagrangian of(
      Form form,
      Steps steps,
      float[] ratios,
      float[] values,
      float[] nextValues,
      float[] startValues,
      double shift) {
    int n = ratios.length;
    float[] byRatios = new float[n];
    float[] byValues = new float[n];
    float[] byNextValues = new float[n];
    double kappa = steps.startsPerStep();
    double horizon = steps.horizon();
    double sum = 0;
    double byShift = kappa * horizon + form.valueWeight * shift;
    for (int i = 0; i < n; i++) {
      double discount = steps.discounts()[i];
      double ends = horizon * (1 - discount);
      double entered =
          form.rewardWeight * steps.rewards()[i]
              + (discount == 0 ? 0 : discount * nextValues[i])
              - values[i]
              - shift * ends;
      double ratio = ratios[i];
      double value = values[i];
      sum += ratio * entered + form.valueWeight * value * value / 2;
      sum -= form.ratioWeight * ratio * ratio / 2;
      byRatios[i] = (float) ((entered - form.ratioWeight * ratio) / n);
      byValues[i] = (float) ((form.valueWeight * value - ratio) / n);
      byNextValues[i] = (float) (ratio * discount / n);
      byShift -= ratio * ends / n;
    }
    int m = startValues.length;
    double starts = 0;
    float[] byStartValues = new float[m];
    for (int i = 0; i < m; i++) {
      starts += startValues[i];
      byStartValues[i] = (float) (kappa / m);
    }
    return new VisitLagrangian(
        kappa * (starts / m + horizon * shift) + form.valueWeight * shift * shift / 2 + sum / n,
        byRatios,
        byValues,
        byNextValues,
        byStartValues,
        byShift);
  }
}
