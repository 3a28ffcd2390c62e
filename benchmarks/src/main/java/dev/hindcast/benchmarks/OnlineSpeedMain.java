package dev.hindcast.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import dev.hindcast.core.world.DiscreteWorld;
import dev.hindcast.core.world.Rollouts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * Our side of the speeds in {@code online.py}: writes the names of its tasks on one line, then
 * reads lines {@code NAME UPDATES} and answers each with the seconds of processor time that so many
 * updates of a policy without trees took. All its iterations learn from the same steps, which
 * somebody lived who acted at random.
 */
public final class OnlineSpeedMain {
  private static final long SEED = 0;

  private OnlineSpeedMain() {}

  /** No arguments. */
  public static void main(String[] arguments) throws IOException {
    answer(
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        new PrintStream(System.out, true, StandardCharsets.UTF_8));
  }

  /** Answers until the input ends. */
  static void answer(BufferedReader in, PrintStream out) throws IOException {
    out.println(OnlineTask.all().stream().map(OnlineTask::name).collect(Collectors.joining(" ")));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 2);
      out.println(seconds(OnlineTask.named(words[0]), Integer.parseInt(words[1])));
    }
  }

  private static double seconds(OnlineTask task, int updates) {
    Policy anyhow = new UniformPolicy(task.world().actionSpace().size());
    TransitionColumns lived = lived(task, task.world(), anyhow);
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    try (OnlineTrees trees = new OnlineTrees(task, SEED)) {
      long began = machine.getProcessCpuTime();
      while (trees.rounds() < updates) {
        trees.learn(lived, anyhow);
      }
      return (machine.getProcessCpuTime() - began) / 1e9;
    }
  }

  private static <S> TransitionColumns lived(
      OnlineTask task, DiscreteWorld<S> world, Policy policy) {
    return new Rollouts<>(world, task.copies(), SEED).next(policy, task.steps()).steps();
  }
}
