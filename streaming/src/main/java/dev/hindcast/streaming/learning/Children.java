package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.streaming.plan.LearnConfig;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.loop.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes bundles of what was learned. Equal learning makes equal bytes: nothing in a bundle says
 * when it was made.
 *
 * @param config how the policy learns
 * @param origin what it began from
 */
record Children(LearnConfig config, Origin origin) {
  private static final int EXPORT_SAMPLE = 256;

  /**
   * A bundle before it is anywhere.
   *
   * @param bundle its fingerprint
   * @param files by path
   */
  record Child(Fingerprint bundle, SortedMap<String, byte[]> files) {}

  /**
   * The bundle of what a learner has become.
   *
   * @param data that it learned from
   * @param metrics of that
   * @param kept where learning stood before
   * @param number of the version
   * @param updates in all
   */
  Child of(
      Trainee trainee,
      TransitionColumns data,
      Metrics metrics,
      Standing kept,
      long number,
      long updates) {
    try {
      Path scratch = Files.createTempDirectory("hindcast-child");
      try {
        String place = scratch.resolve("bundle").toString();
        try (ArtefactWriter writer = ArtefactWriter.begin(place, ArtefactWriter.Existing.REFUSE)) {
          BundleManifest manifest =
              trainee.publish(
                  writer,
                  record(data, metrics, kept, number, updates),
                  new TreeMap<>(),
                  sample(data));
          return new Child(manifest.fingerprint(), files(Path.of(place)));
        }
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a bundle to a temporary folder.", e);
    }
  }

  private static SortedMap<String, byte[]> files(Path folder) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
      }
    }
    return files;
  }

  private static void delete(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private TrainingRecord record(
      TransitionColumns data, Metrics metrics, Standing kept, long number, long updates) {
    Map<String, Double> figures = metrics.latest();
    figures.put("interval", (double) kept.intervals());
    figures.put("steps", (double) data.rows());
    return new TrainingRecord(
        origin.manifest().name() + "-v" + number,
        config.algorithm().name(),
        config.algorithm().description(),
        BundleManifest.POLICY,
        data.observationSpace(),
        data.actionSpace(),
        data.hasMask(),
        Optional.empty(),
        config.discount(),
        updates,
        figures,
        metrics.text(),
        provenance(kept, number));
  }

  private Provenance provenance(Standing kept, long number) {
    Version from = kept.latest();
    String name =
        from.number() == 0
            ? origin.manifest().name()
            : origin.manifest().name() + "-v" + from.number();
    Map<String, Object> settings = new TreeMap<>();
    settings.put("algorithm", config.algorithm().name());
    settings.put("options", config.options());
    settings.put("settings", config.settings());
    settings.put("diet", config.diet());
    settings.put("discount", config.discount());
    settings.put("most_divergence", config.mostDivergence());
    settings.put("guard", config.guard());
    settings.put("version", number);
    return new Provenance(
        List.of(
            new Provenance.Input("parent", name, from.bundle()),
            new Provenance.Input(
                "dataset", origin.dataset().manifest().name(), origin.dataset().fingerprint())),
        CanonicalJson.tree(Map.of("learn", settings)),
        config.seed(),
        CodeVersion.current());
  }

  private static Decisions sample(TransitionColumns data) {
    int n = Math.min(EXPORT_SAMPLE, data.rows());
    int[] rows = new int[n];
    for (int i = 0; i < n; i++) {
      rows[i] = (int) ((long) i * data.rows() / n);
    }
    return data.decisionsAt(rows);
  }
}
