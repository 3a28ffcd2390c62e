package dev.hindcast.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MeanRewards;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.sampling.ReplayBuffer;
import dev.hindcast.training.sampling.Uses;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunStateTest {
  private static final Schedule SCHEDULE = new Schedule(40, 16, 0, 10);
  private static final TabularMdp WORLD = ChainMdp.slippery(4, 0.1);
  private static final TransitionColumns LOG = WORLD.log(TabularPolicy.uniform(WORLD), 50, 30, 1);
  private static final Fingerprint RUN = Fingerprint.ofJson("run");

  /** A run on one batch seed, in one go or in several, from any state. */
  private static RunState train(Optional<RunState> from, long batchSeed, long... stops) {
    Experience experience = new Experience(LOG, 0.9, Experience.RewardScale.NONE);
    RunState state = from.orElse(null);
    for (long stop : stops) {
      try (Learner learner = learner()) {
        TrainingLoop loop =
            new TrainingLoop(
                "t",
                learner,
                new ReplayBuffer(experience, Uses.ALL_STEPS, row -> true, batchSeed),
                SCHEDULE);
        state = loop.advance(Optional.ofNullable(state), stop, () -> false);
      }
    }
    return state;
  }

  private static Learner learner() {
    return new MeanRewards(LOG.actionCount(), 1);
  }

  /** All numbers, where a state puts a fresh learner. */
  private static Map<String, float[]> weights(RunState state) {
    try (Learner learner = learner()) {
      state.into(learner);
      Map<String, float[]> weights = new TreeMap<>();
      learner
          .state()
          .numbers()
          .forEach(
              (name, numbers) -> {
                weights.put(name, numbers.values());
                weights.put(name + " mean", numbers.mean());
                weights.put(name + " variance", numbers.variance());
                weights.put(name + " steps", new float[] {numbers.steps()});
              });
      return weights;
    }
  }

  private static String metrics(RunState state) {
    Metrics metrics = new Metrics();
    state.into(metrics);
    return metrics.text();
  }

  private static void assertSame(RunState one, RunState other) {
    Map<String, float[]> expected = weights(other);
    weights(one).forEach((name, values) -> assertThat(values).containsExactly(expected.get(name)));
    assertThat(metrics(one)).isEqualTo(metrics(other));
    assertThat(one.updates()).isEqualTo(other.updates());
  }

  @Test
  void roundsOfOneShardEqualOneRunBitForBitWhereverTheyEnd() {
    RunState whole = train(Optional.empty(), 1, 40);
    // 7 and 25 are in the middle of lines of metrics
    assertSame(train(Optional.empty(), 1, 7, 25, 40), whole);
    assertSame(RunState.mean(List.of(whole), List.of(977L)), whole);
  }

  @Test
  void meanIsWeightedByTheDataOfEachShard() {
    RunState start = train(Optional.empty(), 1, 5);
    RunState a = train(Optional.of(start), 1, 15);
    RunState b = train(Optional.of(start), 2, 15);
    Map<String, float[]> mean = weights(RunState.mean(List.of(a, b), List.of(300L, 100L)));
    Map<String, float[]> ofA = weights(a);
    Map<String, float[]> ofB = weights(b);
    assertThat(mean.keySet()).contains("rewards", "rewards mean", "rewards variance");
    mean.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i])
                .isCloseTo(0.75 * ofA.get(name)[i] + 0.25 * ofB.get(name)[i], within(1e-6));
          }
        });
    // the learned numbers differ, so that a mean that took only one of them would show
    assertThat(ofA.get("rewards")).isNotEqualTo(ofB.get("rewards"));
    assertThat(metrics(RunState.mean(List.of(a, b), List.of(300L, 100L))))
        .contains("\"update\":10")
        .isNotEqualTo(metrics(a))
        .isNotEqualTo(metrics(b));
    assertSame(RunState.mean(List.of(a, a), List.of(1L, 1L)), a);
  }

  @Test
  void fileHoldsItAllAndOfNoOtherRun() {
    RunState state = train(Optional.empty(), 1, 15);
    byte[] file = state.bytes(RUN);
    assertSame(RunState.read(file, RUN).orElseThrow(), state);
    assertThat(RunState.read(file, Fingerprint.ofJson("another"))).isEmpty();
    file[file.length / 2] ^= 1;
    assertThat(RunState.read(file, RUN)).isEmpty();
    assertThat(RunState.read(new byte[3], RUN)).isEmpty();
  }

  @Test
  void fileHoldsWhatHasNoMeanToo() {
    Learner tree = opaque(new byte[] {1, -2, 3});
    RunState state = RunState.of(7, tree, new Metrics(), Alarms.off());
    RunState found = RunState.read(state.bytes(RUN), RUN).orElseThrow();
    Learner other = opaque(new byte[0]);
    assertThat(found.isOf(other)).isTrue();
    assertThat(found.isOf(learner())).isFalse();
    found.into(other);
    assertThat(other.snapshot()).containsExactly(1, -2, 3);
  }

  @Test
  void whatIsNoNumberHasNoMeanUnlessItIsAlone() {
    RunState state = RunState.of(7, opaque(new byte[] {1}), new Metrics(), Alarms.off());
    assertThat(RunState.mean(List.of(state), List.of(5L)).updates()).isEqualTo(7);
    assertThatThrownBy(() -> RunState.mean(List.of(state, state), List.of(5L, 5L)))
        .hasMessage("Learners of [booster] have no mean: those are no numbers.");
  }

  /** A learner of bytes. */
  private static Learner opaque(byte[] begin) {
    return new Learner() {
      private byte[] bytes = begin;

      @Override
      public Losses update(MiniBatch batch) {
        return Losses.of(Map.of());
      }

      @Override
      public LearnerState state() {
        return LearnerState.ofOpaque(Map.of("booster", bytes));
      }

      @Override
      public void restore(LearnerState state) {
        bytes = state.opaque().get("booster");
      }

      @Override
      public byte[] snapshot() {
        return bytes;
      }

      @Override
      public void close() {}
    };
  }
}
