package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.gbrl.algorithm.AdvantageUnit;
import dev.hindcast.gbrl.algorithm.AdvantageWeightedTrees;
import dev.hindcast.gbrl.algorithm.Imitation;
import dev.hindcast.gbrl.algorithm.TreeAlgorithms;
import dev.hindcast.gbrl.algorithm.Valuation;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.sampling.Sampler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Our side of {@code tree_speed.py}: one argument, the rows of a synthetic table. Says {@code
 * ready}, then reads numbers of rounds and answers each with what it took to fit advantage-weighted
 * trees, values and policy that many rounds each, from scratch: {@code TREES SECONDS CPU-SECONDS}.
 */
public final class TreeSpeedMain {
  private static final double DISCOUNT = 0.99;

  private TreeSpeedMain() {}

  /** One argument: the number of rows. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw UserError.usage("Cannot measure: name the number of rows.");
    }
    answer(
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        Integer.parseInt(arguments[0]));
  }

  /** Answers until the input ends. */
  static void answer(BufferedReader in, PrintStream out, int rows) throws IOException {
    TransitionColumns log = SyntheticLog.table(rows);
    out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int rounds = Integer.parseInt(line);
      long began = System.nanoTime();
      Duration before = processorTime();
      fit(log, rounds);
      double seconds = (System.nanoTime() - began) / 1e9;
      double processor = processorTime().minus(before).toNanos() / 1e9;
      int trees = rounds * (2 + log.actionCount()); // Q and V, then one for each action
      out.println(trees + " " + seconds + " " + processor);
    }
  }

  private static void fit(TransitionColumns log, int rounds) {
    AdvantageWeightedTrees.Config config =
        new AdvantageWeightedTrees.Config(
            0.8,
            1,
            AdvantageUnit.DEVIATION,
            20,
            new Valuation(rounds, 0, Valuation.GROWTH),
            new Imitation(rounds, 0, rounds, Imitation.GROWTH));
    Algorithm algorithm =
        TreeAlgorithms.catalogue().named("advantage-weighted-trees").orElseThrow();
    Experience experience = new Experience(log, DISCOUNT, Experience.RewardScale.NONE);
    Assignment assignment =
        new Assignment(
            experience,
            Normalizer.fit(log),
            TrainSettings.DEFAULT,
            config,
            DISCOUNT,
            0,
            Optional.empty(),
            OptionalInt.empty());
    try (Trainee trainee = algorithm.open(assignment)) {
      Sampler sampler =
          algorithm
              .draws()
              .sampler(experience, algorithm.uses(), trainee.learner().steps(), 0.5, 0);
      for (int update = 0; update < 2 * rounds; update++) {
        var unused = trainee.learner().update(sampler.sample(update, 2L * rounds, 1));
      }
    }
  }

  /** Of all threads of this process, garbage collection among them. */
  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }
}
