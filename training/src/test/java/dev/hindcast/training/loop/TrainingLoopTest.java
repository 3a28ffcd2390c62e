package dev.hindcast.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
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
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class TrainingLoopTest {
  private static final Schedule SCHEDULE = new Schedule(60, 32, 20, 15);
  private static final Fingerprint RUN = Fingerprint.ofJson("run");
  private static final TabularMdp WORLD = ChainMdp.slippery(4, 0.1);
  private static final TransitionColumns LOG = WORLD.log(TabularPolicy.uniform(WORLD), 50, 30, 1);

  @Test
  void resumedTrainingEqualsUninterruptedTrainingBitForBit() {
    Run whole = train(new Memory(), RUN, 1, Integer.MAX_VALUE);
    Memory store = new Memory();
    assertThatThrownBy(() -> train(store, RUN, 1, 47))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("was interrupted after 47 updates");
    Run resumed = train(store, RUN, 1, Integer.MAX_VALUE);
    assertThat(resumed.said()).containsExactly("going on after 40 updates");
    assertThat(resumed.metrics()).isEqualTo(whole.metrics());
    assertThat(resumed.latest()).isEqualTo(whole.latest());
    assertThat(resumed.state()).isEqualTo(whole.state());
    assertThat(resumed.snapshots().keySet()).isEqualTo(whole.snapshots().keySet());
    whole
        .snapshots()
        .forEach(
            (updates, snapshot) ->
                assertThat(resumed.snapshots().get(updates)).containsExactly(snapshot));
  }

  /** The last five tenths of 60 updates; 36 lies before the interruption of the test above. */
  @Test
  void snapshotsAreTakenTowardsTheEndAndTheLastIsTheEnd() {
    Run run = train(new Memory(), RUN, 1, Integer.MAX_VALUE);
    assertThat(run.snapshots().keySet()).containsExactly(36L, 42L, 48L, 54L, 60L);
    assertThat(run.snapshots().get(60L)).containsExactly(run.end());
    assertThat(run.snapshots().get(54L)).isNotEqualTo(run.end());
    assertThatThrownBy(() -> Snapshots.last(11)).hasMessageContaining("snapshots is 11");
  }

  @Test
  void stopOnTheWayLeavesACheckpointThatNoUpdateIsMadeTwiceFrom() {
    Run whole = train(new Memory(), RUN, 1, Integer.MAX_VALUE);
    Memory store = new Memory();
    assertThat(train(store, RUN, 1, Integer.MAX_VALUE, 47).metrics()).isNotEqualTo(whole.metrics());
    Run resumed = train(store, RUN, 1, Integer.MAX_VALUE);
    assertThat(resumed.said()).containsExactly("going on after 47 updates");
    assertThat(resumed.metrics()).isEqualTo(whole.metrics());
    assertThat(resumed.state()).isEqualTo(whole.state());
  }

  @Test
  void checkpointOfAnotherRunIsNotUsedAndItSaysSo() {
    Memory store = new Memory();
    train(store, RUN, 1, Integer.MAX_VALUE);
    Run other = train(store, Fingerprint.ofJson("another"), 1, Integer.MAX_VALUE);
    assertThat(other.said()).singleElement().asString().startsWith("starting anew");
    assertThat(other.metrics()).isEqualTo(train(new Memory(), RUN, 1, 1000).metrics());
  }

  @Test
  void checkpointOfAnotherKindOfLearnerIsNotUsed() {
    Memory store = new Memory();
    train(store, RUN, 1, Integer.MAX_VALUE);
    List<String> said = new ArrayList<>();
    new TrainingLoop(
            "x-seed0",
            reporting(update -> Losses.of(Map.of())),
            buffer(LOG, Uses.ALL_STEPS),
            SCHEDULE)
        .run(RUN, store, said::add, () -> false);
    assertThat(said).singleElement().asString().startsWith("starting anew");
  }

  @Test
  void damagedCheckpointIsNotUsed() {
    Memory store = new Memory();
    train(store, RUN, 1, Integer.MAX_VALUE);
    store.content[store.content.length / 2] ^= 1;
    assertThat(train(store, RUN, 1, 1000).said())
        .singleElement()
        .asString()
        .startsWith("starting anew");
    store.content = new byte[3];
    assertThat(train(store, RUN, 1, 1000).said())
        .singleElement()
        .asString()
        .startsWith("starting anew");
  }

  @Test
  void anotherSeedTrainsOtherwise() {
    Run one = train(new Memory(), RUN, 1, 1000);
    Run two = train(new Memory(), RUN, 2, 1000);
    assertThat(one.metrics()).isNotEqualTo(two.metrics());
  }

  @Test
  void metricsHaveALineForEveryIntervalAndTheEndAndNoClock() {
    Run run = train(new Memory(), RUN, 1, 1000);
    List<String> lines = run.metrics().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).contains("\"update\":15").contains("\"value_loss\":");
    assertThat(lines.get(3)).contains("\"update\":60").doesNotContain("time");
    assertThat(run.latest()).containsOnlyKeys("value_loss", "reward");
  }

  @Test
  void rewardThatIsNotANumberIsRefusedWithItsPlace() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(2), false, false);
    builder.beginEpisode("good").addStep(new float[0], new int[] {1}, new boolean[0], 0, 1, 1);
    builder.endEpisode(true);
    builder.beginEpisode("bad").addStep(new float[0], new int[] {1}, new boolean[0], 0, 1, 1);
    builder.addStep(new float[0], new int[] {1}, new boolean[0], 0, Double.NaN, 1);
    builder.endEpisode(true);
    assertThatThrownBy(() -> buffer(builder.build(), Uses.ALL_STEPS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the reward of episode bad step 1 is NaN");
  }

  @Test
  void lossThatIsNotANumberStopsTrainingAndNamesTheBatch() {
    Learner broken =
        reporting(update -> Losses.of(Map.of("critic_loss", update < 3 ? 1.0 : Double.NaN)));
    ReplayBuffer buffer = buffer(LOG, Uses.ALL_STEPS);
    TrainingLoop loop = new TrainingLoop("iql-seed0", broken, buffer, SCHEDULE);
    assertThatThrownBy(() -> loop.run(RUN, CheckpointStore.none(), line -> {}, () -> false))
        .isInstanceOf(UserError.class)
        .hasMessageMatching(
            "Stopped training iql-seed0 at update 3 \\(a batch of 32 steps, the first of them episode \\S+ step \\d+\\): its critic loss is NaN\\. .*lower learning-rate\\.");
  }

  @Test
  void alarmStopsTrainingAtTheSameUpdateWithAndWithoutAResumption() {
    Schedule schedule = new Schedule(500, 8, 70, 15);
    IntFunction<Losses> wild = update -> Losses.of(Map.of("value", update > 30 ? 1e6 : 0.0));
    assertThatThrownBy(() -> watched(wild, schedule, new Memory(), Integer.MAX_VALUE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Stopped training iql-seed0 at update 130 ")
        .hasMessageContaining("its value has been beyond");
    Memory store = new Memory();
    assertThatThrownBy(() -> watched(wild, schedule, store, 90)).hasMessageContaining("interrupt");
    assertThatThrownBy(
            () -> watched(update -> wild.apply(update + 70), schedule, store, Integer.MAX_VALUE))
        .hasMessageContaining("Stopped training iql-seed0 at update 130 ");
  }

  @Test
  void figuresOfEverySecondUpdateAreAveragedOverTheirOwnUpdates() {
    Metrics metrics =
        watched(
            update ->
                Losses.of(
                    update % 2 == 0
                        ? Map.of("critic_loss", 1.0, "policy_loss", 5.0)
                        : Map.of("critic_loss", 2.0)),
            new Schedule(10, 8, 0, 10),
            new Memory(),
            Integer.MAX_VALUE);
    assertThat(metrics.latest()).isEqualTo(Map.of("critic_loss", 1.5, "policy_loss", 5.0));
  }

  private static Metrics watched(
      IntFunction<Losses> losses, Schedule schedule, CheckpointStore store, int interruptAfter) {
    ReplayBuffer buffer = buffer(LOG, Uses.ALL_STEPS);
    int[] asked = {0};
    return new TrainingLoop(
            "iql-seed0",
            reporting(losses),
            buffer,
            schedule,
            Alarms.of(experience(LOG)),
            metrics -> {},
            Snapshots.last(0))
        .run(RUN, store, line -> {}, () -> asked[0]++ >= interruptAfter);
  }

  /** A learner that learns nothing and reports what it is told to, by its update from 1. */
  private static Learner reporting(IntFunction<Losses> losses) {
    return new Learner() {
      private int updates;

      @Override
      public Losses update(MiniBatch batch) {
        return losses.apply(++updates);
      }

      @Override
      public LearnerState state() {
        return LearnerState.of(Map.of());
      }

      @Override
      public void restore(LearnerState state) {}

      @Override
      public byte[] snapshot() {
        throw new IllegalStateException("never asked for");
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void stepsWithoutNextObservationAreLeftOutAndCounted() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(1), false, false);
    for (String id : List.of("a", "b")) {
      builder.beginEpisode(id);
      builder.addStep(new float[0], new int[] {1}, new boolean[0], 0, 1, 1);
      builder.addStep(new float[0], new int[] {1}, new boolean[0], 0, 1, 1);
      builder.endEpisode(id.equals("a"));
    }
    TransitionColumns log = builder.build();
    ReplayBuffer all = buffer(log, Uses.ALL_STEPS);
    ReplayBuffer known = buffer(log, Uses.STEPS_WITH_NEXT_OBSERVATION);
    assertThat(all.size()).isEqualTo(4);
    assertThat(known.size()).isEqualTo(3);
    assertThat(known.leftOut()).isEqualTo(1);
    assertThat(known.sample(0, 1, 500).observations()).containsOnly(0, 1, 2);
  }

  @Test
  void batchesAreDrawnEvenlyAndCanBeDrawnAgain() {
    ReplayBuffer buffer = buffer(LOG, Uses.ALL_STEPS);
    int[] counts = new int[LOG.rows()];
    int draws = 400 * LOG.rows();
    for (int row : buffer.sample(0, 2, draws).observations()) {
      counts[row]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(280, 520); // six standard deviations of 20
    }
    assertThat(buffer.sample(7, 9, 64).observations())
        .containsExactly(buffer.sample(7, 9, 64).observations())
        .isNotEqualTo(buffer.sample(8, 9, 64).observations());
  }

  @Test
  void emptyTrainingSideIsRefused() {
    TransitionColumns none =
        new TransitionColumns.Builder(
                ObservationSpace.ofStates(1), new ActionSpace.Discrete(1), false, false)
            .build();
    assertThatThrownBy(() -> buffer(none, Uses.ALL_STEPS))
        .hasMessageContaining("the training side of the dataset has no episodes");
  }

  private static ReplayBuffer buffer(TransitionColumns log, Uses uses) {
    return new ReplayBuffer(experience(log), uses, row -> true, 1);
  }

  private static Experience experience(TransitionColumns log) {
    return new Experience(log, 0.9, Experience.RewardScale.NONE);
  }

  /**
   * What a run left.
   *
   * @param state all that its learner had learned, in hexadecimal digits
   */
  @SuppressWarnings("ArrayRecordComponent") // its parts are compared, never itself
  private record Run(
      String metrics,
      Map<String, Double> latest,
      String state,
      byte[] end,
      SortedMap<Long, byte[]> snapshots,
      List<String> said) {}

  private static Run train(CheckpointStore store, Fingerprint run, long seed, int interruptAfter) {
    return train(store, run, seed, interruptAfter, SCHEDULE.updates());
  }

  private static Run train(
      CheckpointStore store, Fingerprint run, long seed, int interruptAfter, long until) {
    List<String> said = new ArrayList<>();
    try (Learner learner = new MeanRewards(LOG.actionCount(), seed)) {
      ReplayBuffer buffer =
          new ReplayBuffer(experience(LOG), Uses.ALL_STEPS, learner.steps(), seed);
      Snapshots snapshots = Snapshots.last(5);
      int[] asked = {0};
      BooleanSupplier stop = () -> asked[0]++ >= interruptAfter;
      Metrics metrics =
          new TrainingLoop(
                  "iql-seed0", learner, buffer, SCHEDULE, Alarms.off(), line -> {}, snapshots)
              .run(run, store, said::add, stop, until);
      return new Run(
          metrics.text(),
          metrics.latest(),
          digits(learner.state()),
          learner.snapshot(),
          snapshots.taken(),
          said);
    }
  }

  private static String digits(LearnerState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      state.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  /** Keeps the last checkpoint. */
  private static final class Memory implements CheckpointStore {
    private byte[] content;

    @Override
    public Optional<byte[]> latest() {
      return Optional.ofNullable(content);
    }

    @Override
    public void save(long updates, byte[] checkpoint) {
      content = checkpoint.clone();
    }
  }
}
