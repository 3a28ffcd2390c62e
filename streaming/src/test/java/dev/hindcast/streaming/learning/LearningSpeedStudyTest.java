package dev.hindcast.streaming.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast a stream learns, beside training from a dataset: as many updates of the same networks,
 * from episodes to a published bundle either way, in turns, by processor time. {@code ./mvnw
 * -Pstudy -pl streaming -am test -Dtest=LearningSpeedStudyTest
 * -Dsurefire.failIfNoSpecifiedTests=false} writes {@code streaming/target/learning-speed.md}.
 */
@Tag("study")
class LearningSpeedStudyTest {
  private static final int ROUNDS = 3;
  private static final int STEPS = 2_000;
  private static final OperatingSystemMXBean MACHINE =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @TempDir private Path folder;

  private static double seconds(Runnable work) {
    long before = MACHINE.getProcessCpuTime();
    work.run();
    return (MACHINE.getProcessCpuTime() - before) / 1e9;
  }

  @Test
  void streamLearnsAboutAsFastAsTrainingDoes() throws IOException {
    Shop shop = new Shop(DriftingRecommender.DEFAULT, folder, 6_000);
    shop.train("iql", Iql.Config.DEFAULT, Shop.wide(256, 1));
    StreamConfig config =
        shop.config(
            "{name: iql, hidden: [256, 256], batch-size: 128}",
            STEPS,
            "stream.learn.diet={warm-up: 0, updates-per-step: 1}",
            "stream.learn.most-divergence=100");
    StreamPlan plan = StreamPlan.of(config, config.columns());
    FineTuning tuning = new FineTuning(config.learn().orElseThrow(), plan);
    Standing first = tuning.begin();
    List<Recommendation> shown = shop.world().visits(shop.world().nearest(0, 0.5), 0, 700, 3);
    Interval interval =
        new Interval(shown.get(shown.size() - 1).millis(), Shop.episodes(plan, shown));
    double training = Double.POSITIVE_INFINITY;
    double stream = Double.POSITIVE_INFINITY;
    for (int round = 0; round <= ROUNDS; round++) { // the first warms up
      double trained =
          seconds(() -> shop.train("iql", Iql.Config.DEFAULT, Shop.wide(256, shown.size())));
      double learned =
          seconds(() -> assertThat(tuning.learn(first, interval).publications()).hasSize(1));
      training = round == 0 ? training : Math.min(training, trained);
      stream = round == 0 ? stream : Math.min(stream, learned);
    }
    Files.createDirectories(Path.of("target"));
    Files.write(
        Path.of("target/learning-speed.md"),
        List.of(
            "| | updates | updates per second of processor time |",
            "|---|---:|---:|",
            line("training from a dataset", shown.size(), training),
            line("learning from an interval of a stream", shown.size(), stream)));
    assertThat(training / stream).isGreaterThan(0.7);
  }

  private static String line(String what, int updates, double seconds) {
    return String.format(Locale.ROOT, "| %s | %,d | %,.0f |", what, updates, updates / seconds);
  }
}
