package dev.hindcast.streaming.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import dev.hindcast.evaluation.running.Alarm;
import dev.hindcast.evaluation.running.EpisodeNumbers;
import dev.hindcast.evaluation.running.EstimateConfig;
import dev.hindcast.evaluation.running.RunningEstimates;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.evaluation.running.WindowSums;
import dev.hindcast.streaming.row.OwnType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** What was written is what is read, also by a serializer that a savepoint names. */
class EstimateTypesTest {
  private static RunningPlan plan() {
    ConfigDocument document =
        ConfigDocument.parse(
            "x.yaml", Path.of("/"), "estimate: {returns: {from: 0, to: 1}}", List.of());
    EstimateConfig config =
        EstimateConfig.from(
                document.root().section("estimate"), Pipeline.from(document.root()), true)
            .orElseThrow();
    return RunningPlan.of(
        config,
        new ObservationSpace(List.of("x"), List.of()),
        new ActionSpace.Discrete(2),
        true,
        true,
        new BundleLoader(List.of()));
  }

  private static <T> void comesBack(OwnType<T> type, T value) throws IOException {
    TypeSerializer<T> serializer = type.createSerializer(new SerializerConfigImpl());
    DataOutputSerializer first = new DataOutputSerializer(64);
    serializer.serialize(value, first);
    DataOutputSerializer named = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(named, serializer.snapshotConfiguration());
    TypeSerializer<T> found =
        TypeSerializerSnapshot.<T>readVersionedSnapshot(
                new DataInputDeserializer(named.getCopyOfBuffer()),
                EstimateTypesTest.class.getClassLoader())
            .restoreSerializer();
    T read = found.deserialize(new DataInputDeserializer(first.getCopyOfBuffer()));
    DataOutputSerializer second = new DataOutputSerializer(64);
    serializer.serialize(read, second);
    assertThat(second.getCopyOfBuffer()).isEqualTo(first.getCopyOfBuffer());
  }

  @Test
  void everythingComesBack() throws IOException {
    RunningPlan plan = plan();
    EpisodeNumbers episode =
        plan.numbers(
            "käse",
            List.of(ScoredEpisode.logged(new double[] {0.1}, ScoredEpisode.Ending.TERMINATED)));
    WindowSums sums = new WindowSums(plan);
    sums.add(plan, episode);
    RunningEstimates.Outcome outcome = new RunningEstimates().after(plan, 60_000, sums);
    comesBack(EstimateTypes.EPISODE, episode);
    comesBack(EstimateTypes.BUCKET, new BucketSums(3, sums));
    comesBack(EstimateTypes.RUNNING, outcome.estimates());
    comesBack(EstimateTypes.LINE, outcome.lines().get(0));
    comesBack(
        EstimateTypes.ALARM,
        new Alarm("t", "overtaken", "p", Alarm.RAISED, "Words.", Optional.of(0.5), 0));
  }

  @Test
  void bucketOfAnEpisodeNeverChanges() {
    assertThat(BucketSums.bucket("visit-1"))
        .isEqualTo(BucketSums.bucket("visit-1"))
        .isBetween(0, 31);
    assertThat(List.of("a", "b", "c", "d").stream().map(BucketSums::bucket).distinct().count())
        .isGreaterThan(1);
  }
}
