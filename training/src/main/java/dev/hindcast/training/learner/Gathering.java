package dev.hindcast.training.learner;

/**
 * Members, each on a machine or thread of its own, that learn as one: every one of them asks the
 * same questions in the same order, and every one gets the same answers. Belongs to the thread that
 * joined it. A member that leaves early makes the others' next question fail.
 */
public interface Gathering extends AutoCloseable {
  /** How many there are. */
  int members();

  /** Which one this is, from 0. */
  int member();

  /**
   * The sums over all members, number by number, modulo 2^64.
   *
   * @param mine as many as every other member has
   * @throws IllegalStateException when a member is lost
   */
  long[] sum(long[] mine);

  /**
   * What each member has, in the order of members.
   *
   * @param mine as many as every other member has
   */
  default long[][] gather(long[] mine) {
    int n = mine.length;
    long[] places = new long[members() * n];
    System.arraycopy(mine, 0, places, member() * n, n);
    long[] found = sum(places);
    long[][] all = new long[members()][n];
    for (int i = 0; i < all.length; i++) {
      System.arraycopy(found, i * n, all[i], 0, n);
    }
    return all;
  }

  /** Leaves it. */
  @Override
  void close();

  /** One of a single member. */
  static Gathering alone() {
    return new Gathering() {
      @Override
      public int members() {
        return 1;
      }

      @Override
      public int member() {
        return 0;
      }

      @Override
      public long[] sum(long[] mine) {
        return mine.clone();
      }

      @Override
      public void close() {}
    };
  }
}
