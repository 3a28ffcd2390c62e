package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Lets trees learn while they live in a world, {@code TASK STEPS SEED...}, until the last {@value
 * #EPISODES} episodes that came to an end reach the goal on average or the steps are spent; prints
 * a line of a Markdown table for each seed.
 */
public final class OnlineMain {
  private static final int EPISODES = 100;
  private static final long STARTS = 777;

  private OnlineMain() {}

  /** See the class. */
  public static void main(String[] arguments) {
    if (arguments.length < 3) {
      throw UserError.usage("Cannot learn online: name a task, a number of steps, and seeds.");
    }
    OnlineTask task = OnlineTask.named(arguments[0]);
    long steps = Long.parseLong(arguments[1]);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String seed : Arrays.copyOfRange(arguments, 2, arguments.length)) {
      out.println(row(task, steps, Long.parseLong(seed)));
    }
  }

  /** One training. */
  static String row(OnlineTask task, long steps, long seed) {
    try (OnlineTrees trees = new OnlineTrees(task, seed)) {
      Changes changes = new Changes(task);
      trees.tell(changes);
      Deque<Double> last = new ArrayDeque<>();
      while (trees.steps() < steps && !isSolved(last, task.goal())) {
        for (double one : trees.iterate()) {
          last.add(one);
          if (last.size() > EPISODES) {
            last.remove();
          }
        }
      }
      return String.format(
          Locale.ROOT,
          "| %s | %d | %s | %d | %s | %s | %.0f | %.0f | %d | %d | %s | %.0f%% |",
          task.name(),
          seed,
          isSolved(last, task.goal()) ? "yes" : "no",
          trees.steps(),
          Earned.by(task, trees.policy(), Acting.MODE),
          Earned.by(task, trees.policy(), Acting.DRAWN),
          trees.steps() / (trees.actingSeconds() + trees.learningSeconds()),
          trees.rounds() / trees.learningSeconds(),
          trees.policyRounds(),
          trees.distillations(),
          changes.inWords(),
          100 * trees.distillingSeconds() / (trees.actingSeconds() + trees.learningSeconds()));
    }
  }

  private static boolean isSolved(Deque<Double> last, double goal) {
    return last.size() == EPISODES
        && last.stream().mapToDouble(Double::doubleValue).sum() >= goal * EPISODES;
  }

  /**
   * A mean return over the same starts for every policy.
   *
   * @param mean of them
   * @param error the standard error of that
   */
  private record Earned(double mean, double error) {
    static Earned by(OnlineTask task, Policy policy, Acting acting) {
      return of(returns(task, policy, acting));
    }

    static double[] returns(OnlineTask task, Policy policy, Acting acting) {
      return task.world().returns(policy, acting, EPISODES, 1, STARTS);
    }

    static Earned of(double[] numbers) {
      double mean = Arrays.stream(numbers).average().orElseThrow();
      double squares = Arrays.stream(numbers).map(one -> (one - mean) * (one - mean)).sum();
      int n = numbers.length;
      return new Earned(mean, Math.sqrt(squares / (n - 1) / n));
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.1f (%.1f)", mean, error);
    }
  }

  /** What policies earn more, or less, for ensembles that were made smaller. */
  private static final class Changes implements OnlineTrees.Smaller {
    private final OnlineTask task;
    private double sum;
    private double variances;
    private int count;

    Changes(OnlineTask task) {
      this.task = task;
    }

    /** Start by start. */
    @Override
    public void made(Policy before, Policy after) {
      double[] then = Earned.returns(task, before, Acting.DRAWN);
      double[] now = Earned.returns(task, after, Acting.DRAWN);
      Earned change =
          Earned.of(IntStream.range(0, then.length).mapToDouble(i -> now[i] - then[i]).toArray());
      sum += change.mean();
      variances += change.error() * change.error();
      count++;
    }

    /** The mean change of all. */
    String inWords() {
      return count == 0
          ? ""
          : String.format(Locale.ROOT, "%+.1f (%.1f)", sum / count, Math.sqrt(variances) / count);
    }
  }
}
