package dev.hindcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.gbrl.algorithm.TreeAlgorithms;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.sampling.Sampler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trees that learned from a world's log live in it, with its categories and missing numbers. */
class TreesInWorldsTest {
  private static final Algorithm CLONING = TreeAlgorithms.all().get(0);
  private static final int ROUNDS = 5;

  @TempDir private Path folder;

  static Stream<String> worlds() {
    return SimulatedWorld.all().stream().map(SimulatedWorld::name);
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void bundlesOfTreesAreScored(String name) throws IOException {
    SimulatedWorld world = SimulatedWorld.named(name);
    publish(WorldLogMain.log(world, 60, 1), folder.resolve("clone-seed0"));
    assertThat(WorldScoreMain.table(world, "clone", List.of(folder), WorldScoreMain.loader()))
        .containsPattern("\\| clone \\| -?[0-9.]+ \\| – \\| [0-9.]+ \\|");
  }

  private static void publish(TransitionColumns log, Path bundle) {
    Experience experience = new Experience(log, 1, Experience.RewardScale.NONE);
    Assignment assignment =
        new Assignment(
            experience,
            Normalizer.fit(log),
            TrainSettings.DEFAULT,
            CLONING.defaults(),
            1,
            0,
            Optional.empty(),
            OptionalInt.empty());
    try (Trainee trainee = CLONING.open(assignment);
        ArtefactWriter writer =
            ArtefactWriter.begin(bundle.toString(), ArtefactWriter.Existing.REFUSE)) {
      Sampler sampler =
          CLONING.draws().sampler(experience, CLONING.uses(), trainee.learner().steps(), 0.5, 0);
      for (int i = 0; i < ROUNDS; i++) {
        trainee.learner().update(sampler.sample(i, ROUNDS, 1));
      }
      trainee.publish(writer, record(log), new TreeMap<>(), log.decisions(0, 20));
    }
  }

  private static TrainingRecord record(TransitionColumns log) {
    return new TrainingRecord(
        "clone-seed0",
        CLONING.name(),
        CLONING.description(),
        BundleManifest.POLICY,
        log.observationSpace(),
        log.actionSpace(),
        log.hasMask(),
        Optional.empty(),
        1,
        ROUNDS,
        Map.of(),
        "",
        new Provenance(List.of(), CanonicalJson.tree(Map.of()), 0, new CodeVersion("0", "test")));
  }
}
