package dev.hindcast.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.algorithm.Iql;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepTest {
  @Test
  void gridTriesEveryCombinationUnderReadableNames() {
    TrainConfig config =
        read(
            """
            train:
              batch-size: 32
              algorithms:
                - name: iql
                  polyak: 0.01
                  sweep: {expectile: [0.7, 0.9], hidden: [[64, 64], [16]]}
                - {name: fitted-q-evaluation, of: [iql, iql-expectile-0.9-hidden-16]}
            """);
    assertThat(config.plans())
        .extracting(TrainConfig.Plan::label)
        .containsExactly(
            "iql-expectile-0.7-hidden-64x64",
            "iql-expectile-0.7-hidden-16",
            "iql-expectile-0.9-hidden-64x64",
            "iql-expectile-0.9-hidden-16",
            "fitted-q-evaluation");
    TrainConfig.Plan third = config.plans().get(2);
    assertThat(third.family()).isEqualTo("iql");
    assertThat(third.isSwept()).isTrue();
    assertThat(((Iql.Config) third.options()).expectile()).isEqualTo(0.9);
    assertThat(((Iql.Config) third.options()).polyak()).isEqualTo(0.01);
    assertThat(third.settings().hidden()).containsExactly(64, 64);
    assertThat(third.settings().batchSize()).isEqualTo(32);
    assertThat(config.plans().get(4).isSwept()).isFalse();
  }

  @Test
  void randomSearchDrawsTheSamePointsEveryTimeAndKeepsToItsRanges() {
    String yaml =
        """
        train:
          algorithms:
            - name: iql
              as: tuned
              sweep: {inverse-temperature: {log-uniform: [1, 100]}, expectile: [0.7, 0.9], batch-size: {uniform: [1000, 9000]}}
              search: {random: 40}
        """;
    List<TrainConfig.Plan> plans = read(yaml).plans();
    assertThat(plans).hasSize(40).isEqualTo(read(yaml).plans());
    assertThat(plans.get(0).label())
        .matches("tuned-inverse-temperature-[0-9.]+-expectile-0\\.[79]-batch-size-[0-9]{4}");
    assertThat(plans)
        .allMatch(
            plan -> {
              double drawn = ((Iql.Config) plan.options()).inverseTemperature();
              return drawn >= 1
                  && drawn <= 100
                  && plan.label().contains(Double.toString(drawn).replaceAll("\\.0$", ""));
            });
    // a log-uniform draw from [1, 100] is under 10 half of the time; a uniform one in 9 %
    assertThat(plans)
        .filteredOn(plan -> ((Iql.Config) plan.options()).inverseTemperature() < 10)
        .hasSizeBetween(10, 30);
    assertThat(read(yaml.replace("random: 40", "random: 40, seed: 1")).plans()).isNotEqualTo(plans);
    assertThat(read(yaml.replace("random: 40", "random: 5")).plans())
        .isEqualTo(plans.subList(0, 5));
  }

  @Test
  void everyMistakeOfEveryPointIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    train:
                      algorithms:
                        - {name: iql, sweep: {expectile: [0.7, 1.5], expectle: [1], seeds: [1, 2]}}
                        - {name: iql, as: b, polyak: 0.1, sweep: {polyak: [0.1, 0.2], learning-rate: [fast, -1]}}
                        - {name: iql, as: c, sweep: {expectile: {uniform: [0.7, 0.9]}}}
                        - {name: iql, as: d, sweep: {expectile: {uniform: [0.9, 0.7]}}, search: {random: 3}}
                        - {name: iql, as: e, search: {random: 3}}
                        - {name: iql, as: f, sweep: {expectile: [0.8]}, search: gird}
                    """))
        .hasMessageContaining("expectile is 1.5")
        .hasMessageContaining("'expectle' is no setting of this entry. Did you mean expectile?")
        .hasMessageContaining("every point is trained with all seeds")
        .hasMessageContaining("the entry sets polyak beside the sweep")
        .hasMessageContaining("learning-rate in test.yaml line 4: is 'fast'")
        .hasMessageContaining("learning-rate is -1")
        .hasMessageContaining("a grid needs a list of values; ranges need search: {random: 12}")
        .hasMessageContaining("should be two numbers, the lower one first")
        .hasMessageContaining("there is nothing to search")
        .hasMessageContaining("is 'gird', but should be grid or {random: 12}");
  }

  @Test
  void wholeNumbersAreDrawnForWholeSettings() {
    assertThat(
            read("""
                    train:
                      algorithms:
                        - {name: behavior-cloning, sweep: {batch-size: {log-uniform: [8, 64]}}, search: {random: 5}}
                    """)
                .plans())
        .hasSize(5)
        .allMatch(plan -> plan.settings().batchSize() >= 8 && plan.settings().batchSize() <= 64);
  }

  @Test
  void earlyStoppingIsOffUnlessAskedForAndChecked() {
    String yaml = "train: {algorithms: [{name: iql, sweep: {expectile: [0.7, 0.9]}%s}]}";
    assertThat(read(yaml.formatted("")).plans()).allMatch(plan -> plan.stopping().isOff());
    assertThat(
            read(yaml.formatted(", early-stopping: {rungs: [0.25, 50%], keep: 0.3}"))
                .plans()
                .get(1)
                .stopping())
        .isEqualTo(new EarlyStopping(List.of(0.25, 0.5), 0.3, 2_000));
    assertThat(EarlyStopping.OFF.kept(5)).isEqualTo(3);
    assertThat(EarlyStopping.OFF.kept(1)).isEqualTo(1);
    assertThatThrownBy(() -> read(yaml.formatted(", early-stopping: {rungs: [0.5, 0.2]}")))
        .hasMessageContaining("rungs should rise");
    assertThatThrownBy(() -> read(yaml.formatted(", early-stopping: {keep: 0.2}")))
        .hasMessageContaining("needs rungs");
    assertThatThrownBy(
            () ->
                read(yaml.formatted(", early-stopping: {rungs: [0.2]}, distribution: {shards: 2}")))
        .hasMessageContaining("needs runs that are trained whole");
    assertThatThrownBy(
            () -> read("train: {algorithms: [{name: iql, early-stopping: {rungs: [0.2]}}]}"))
        .hasMessageContaining("is for sweeps of policies");
  }

  private static TrainConfig read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", Path.of("."), yaml, List.of());
    TrainConfig config = TrainConfig.from(document.root(), Algorithms.catalogue());
    document.finish();
    return config;
  }
}
