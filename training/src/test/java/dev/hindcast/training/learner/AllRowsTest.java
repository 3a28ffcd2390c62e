package dev.hindcast.training.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllRowsTest {
  private static final double[] TERMS =
      new SplittableRandom(1).doubles(1000).map(x -> Math.exp(40 * x - 20) * (x - 0.4)).toArray();

  @Test
  void sumsHaveTheSameBitsHoweverRowsAreDivided() throws Exception {
    double whole = AllRows.here(TERMS.length).sum(TERMS);
    assertThat(whole).isCloseTo(Arrays.stream(TERMS).sum(), within(1e-9 * Math.abs(whole)));
    for (int[] cuts : new int[][] {{0, 500, 1000}, {0, 1, 999, 1000}, {0, 0, 310, 1000}}) {
      assertThat(divided(cuts, (rows, terms) -> rows.sum(terms))).containsOnly(whole);
    }
  }

  @Test
  void sumsKeepWhatASmallTermAddsToALargeOne() {
    assertThat(AllRows.here(3).sum(new double[] {1e9, 1e-3, -1e9})).isCloseTo(1e-3, within(1e-8));
    assertThat(AllRows.here(2).sum(new double[] {0, 0})).isZero();
    assertThat(AllRows.here(2).sum(new double[] {3, -5})).isEqualTo(-2);
  }

  @Test
  void whatIsNoNumberWithOneMemberIsNoneForAll() throws Exception {
    assertThat(
            divided(
                new int[] {0, 500, 1000},
                (rows, terms) ->
                    rows.sum(rows.before() == 0 ? terms : new double[] {1, Double.NaN})))
        .allMatch(sum -> Double.isNaN(sum));
    assertThat(AllRows.here(1).sum(new double[] {Double.NEGATIVE_INFINITY})).isNaN();
  }

  @Test
  void membersHaveConsecutiveStretches() throws Exception {
    assertThat(divided(new int[] {0, 300, 1000}, (rows, terms) -> rows.before()))
        .containsExactly(0L, 300L);
    assertThat(divided(new int[] {0, 300, 1000}, (rows, terms) -> rows.count()))
        .containsOnly(1000L);
    assertThat(divided(new int[] {0, 300, 1000}, (rows, terms) -> rows.greatest(terms[0], -1)[0]))
        .containsOnly(Math.max(TERMS[0], TERMS[300]));
  }

  @Test
  void figuresAreWeighedByRowsUnlessAllAgree() throws Exception {
    List<Losses> means =
        divided(
            new int[] {0, 250, 1000},
            (rows, terms) ->
                rows.mean(
                    Losses.of(Map.of("own", (double) rows.before(), "common", 0.1)), terms.length));
    assertThat(means)
        .allSatisfy(
            mean -> {
              assertThat(mean.values().get("own")).isEqualTo(0.75 * 250);
              assertThat(mean.values().get("common")).isEqualTo(0.1);
            });
  }

  /** What a member finds from its rows. */
  @FunctionalInterface
  private interface Finding<T> {
    T of(AllRows rows, double[] terms);
  }

  private static <T> List<T> divided(int[] cuts, Finding<T> finding) throws Exception {
    return Table.members(
        cuts.length - 1,
        seat -> {
          double[] terms = Arrays.copyOfRange(TERMS, cuts[seat.member()], cuts[seat.member() + 1]);
          return finding.of(AllRows.of(seat, terms.length), terms);
        });
  }

  /** Members that are threads at one table. */
  private static final class Table {
    private final long[][] laid;
    private final CyclicBarrier all;

    Table(int members) {
      laid = new long[members][];
      all = new CyclicBarrier(members);
    }

    static <T> List<T> members(int n, Function<Gathering, T> part) throws Exception {
      Table table = new Table(n);
      ExecutorService threads = Executors.newFixedThreadPool(n);
      try {
        List<Future<T>> found = new ArrayList<>();
        IntStream.range(0, n)
            .forEach(i -> found.add(threads.submit(() -> part.apply(table.new Seat(i)))));
        List<T> results = new ArrayList<>();
        for (Future<T> one : found) {
          results.add(one.get());
        }
        return results;
      } finally {
        threads.shutdownNow();
      }
    }

    private final class Seat implements Gathering {
      private final int member;

      Seat(int member) {
        this.member = member;
      }

      @Override
      public int members() {
        return laid.length;
      }

      @Override
      public int member() {
        return member;
      }

      @Override
      public long[] sum(long[] mine) {
        try {
          laid[member] = mine;
          all.await();
          long[] sum = new long[mine.length];
          for (long[] one : laid) {
            Arrays.setAll(sum, i -> sum[i] + one[i]);
          }
          all.await();
          return sum;
        } catch (Exception e) {
          throw new IllegalStateException("A member has left the table.", e);
        }
      }

      @Override
      public void close() {}
    }
  }
}
