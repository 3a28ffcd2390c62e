package dev.hindcast.core.world;

/** One decision between two arms, each paying 1 with its own probability and 0 otherwise. */
public final class TwoArmedBandit {
  private TwoArmedBandit() {}

  /** A bandit whose arms 0 and 1 pay with these probabilities; every episode is one step long. */
  public static TabularMdp paying(double first, double second) {
    TabularMdp.Builder bandit = new TabularMdp.Builder(2, 2).initial(0, 1).terminal(1);
    double[] pays = {first, second};
    for (int arm = 0; arm < 2; arm++) {
      bandit.transition(0, arm, 1, pays[arm], 1).transition(0, arm, 1, 1 - pays[arm], 0);
    }
    return bandit.build();
  }
}
