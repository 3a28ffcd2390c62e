package dev.hindcast.core.world;

/**
 * A chain of states with a reward at its far end: action 1 goes right, action 0 goes left, the last
 * right step pays 1 and ends.
 */
public final class ChainMdp {
  private ChainMdp() {}

  /** A chain where every step goes where it was meant to. */
  public static TabularMdp deterministic(int length) {
    return slippery(length, 0);
  }

  /**
   * A chain where a step goes the other way with probability {@code slip}.
   *
   * @param length states 0 .. length-1 are alive, state {@code length} is the end
   */
  public static TabularMdp slippery(int length, double slip) {
    TabularMdp.Builder chain = new TabularMdp.Builder(length + 1, 2).initial(0, 1).terminal(length);
    for (int s = 0; s < length; s++) {
      int left = Math.max(0, s - 1);
      int right = s + 1;
      double pay = right == length ? 1 : 0;
      chain.transition(s, 0, left, 1 - slip, 0).transition(s, 1, right, 1 - slip, pay);
      if (slip > 0) {
        chain.transition(s, 0, right, slip, pay).transition(s, 1, left, slip, 0);
      }
    }
    return chain.build();
  }
}
