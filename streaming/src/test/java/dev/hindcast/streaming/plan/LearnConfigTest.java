package dev.hindcast.streaming.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.gbrl.algorithm.GradientBoostedPpo;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.streaming.Shops;
import dev.hindcast.training.learner.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LearnConfigTest {
  private static LearnConfig read(String... overrides) {
    String[] all =
        Stream.concat(
                Stream.of(
                    "stream.dataset=data",
                    "stream.learn.from=bundles/first",
                    "stream.learn.algorithm=iql",
                    "stream.learn.interval={steps: 500}"),
                Stream.of(overrides))
            .toArray(String[]::new);
    return Shops.config(Path.of("/shop"), Shops.WHOLE, all).learn().orElseThrow();
  }

  @Test
  void streamsLearnOnlyWhereTheConfigSaysSo() {
    assertThat(Shops.config(Path.of("/shop"), Shops.WHOLE).learn()).isEmpty();
  }

  @Test
  void defaultsStandInOnePlace() {
    LearnConfig learn = read();
    assertThat(learn.from()).isEqualTo("/shop/bundles/first");
    assertThat(learn.dataset()).isEqualTo("/shop/data");
    assertThat(learn.publish()).isEqualTo("/shop/out/bundles");
    assertThat(learn.options()).isEqualTo(Iql.Config.DEFAULT);
    assertThat(learn.settings().device()).isEqualTo(Device.CPU);
    assertThat(learn.diet()).isEqualTo(new LearnConfig.Diet(1, 1000, 20_000, 20_000, 0.5));
    assertThat(learn.guard()).isEqualTo(new LearnConfig.Guard(0.1, 0.01, 0.1, 0.05, 5, 2));
    assertThat(learn.mostDivergence()).isEqualTo(0.05);
    assertThat(learn.isShadow()).isFalse();
    assertThat(learn.isOnPolicy()).isFalse();
    assertThat(learn.registry()).isEmpty();
    assertThat(learn.policy()).isEqualTo("shop");
    assertThat(learn.seed()).isZero();
  }

  @Test
  void everyKeyIsRead() {
    LearnConfig learn =
        read(
            "stream.learn.algorithm={name: gradient-boosted-ppo, epochs: 3, alarms: false}",
            "stream.learn.interval={time: 10 min}",
            "stream.learn.diet={updates-per-step: 0.5, warm-up: 7, rehearsed-steps: 8, window: 9, fresh-share: 0.75}",
            "stream.learn.guard={effective-share: 0.2, strange-share: 0.02, reward-tolerance: 0.3, error: 0.01, reference: 4, thaw-after: 6}",
            "stream.learn.most-divergence=0.2",
            "stream.learn.shadow=true",
            "stream.learn.publish=elsewhere",
            "stream.learn.registry=registry",
            "stream.learn.policy=offers",
            "stream.learn.seed=11");
    assertThat(learn.isOnPolicy()).isTrue();
    assertThat(((GradientBoostedPpo.Config) learn.options()).epochs()).isEqualTo(3);
    assertThat(learn.settings().alarms()).isFalse();
    assertThat(learn.interval()).isEqualTo(new LearnConfig.Interval(0, 600_000));
    assertThat(learn.diet()).isEqualTo(new LearnConfig.Diet(0.5, 7, 8, 9, 0.75));
    assertThat(learn.guard()).isEqualTo(new LearnConfig.Guard(0.2, 0.02, 0.3, 0.01, 4, 6));
    assertThat(learn.mostDivergence()).isEqualTo(0.2);
    assertThat(learn.isShadow()).isTrue();
    assertThat(learn.publish()).isEqualTo("/shop/elsewhere");
    assertThat(learn.registry()).isEqualTo("/shop/registry");
    assertThat(learn.policy()).isEqualTo("offers");
    assertThat(learn.seed()).isEqualTo(11);
  }

  @Test
  void mistakesAreToldInWords() {
    assertThatThrownBy(() -> read("stream.learn.algorithm=iqll"))
        .hasMessageContaining("there is no algorithm 'iqll'. Did you mean iql?");
    assertThatThrownBy(() -> read("stream.learn.algorithm=fitted-q-evaluation"))
        .hasMessageContaining("learns values; name an algorithm that learns a policy");
    assertThatThrownBy(() -> read("stream.learn.interval={steps: 5, time: 1 min}"))
        .hasMessageContaining("needs either steps or time, such as interval: {steps: 2000}");
    assertThatThrownBy(() -> read("stream.learn.algorithm={name: iql, expectle: 0.8}"))
        .hasMessageContaining("Did you mean stream.learn.algorithm.expectile?");
    assertThatThrownBy(() -> read("stream.learn.guard={error: 1}"))
        .hasMessageContaining("error is 1.0, but must lie in (0, 1)");
    String bare = Shops.WHOLE.replace("  propensity: {probability: p}\n", "");
    assertThatThrownBy(
            () ->
                Shops.config(
                    Path.of("/shop"),
                    bare,
                    List.of("stream.learn.from=b", "stream.learn.algorithm=iql")
                        .toArray(String[]::new)))
        .hasMessageContaining("needs ingest.propensity")
        .hasMessageContaining("needs stream.dataset: what the policy was trained on");
  }
}
