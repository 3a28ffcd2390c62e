package dev.hindcast.cli;

import dev.hindcast.cli.demo.StreamDemo;
import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.ingestion.spark.IngestConfig;
import dev.hindcast.serving.http.ServeConfig;
import dev.hindcast.training.spark.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hindcast demo stream}: a policy that learns while it serves, beside one that does not. */
@Command(
    name = "stream",
    description = {
      "A simulated shop, live: visitors are served over HTTP, the stream learns from them,",
      "and the server takes up what it learned, while tastes drift away from a policy that stays as it was."
    })
final class DemoStreamCommand extends Verb {
  private static final String BUNDLE = "iql-seed0";

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where everything goes, a new or empty folder (default: ./demo-stream).")
  private Path output = Path.of("demo-stream");

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long visitors come (default: ${DEFAULT-VALUE}).",
      defaultValue = "150")
  private int seconds;

  @Option(
      names = "--turn",
      paramLabel = "SECONDS",
      description = "How long until tastes are back where they were (default: ${DEFAULT-VALUE}).",
      defaultValue = "720")
  private int turn;

  @Option(
      names = "--visits-per-second",
      paramLabel = "N",
      description = "How many visitors come (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int visits;

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (int number : new int[] {seconds, turn, visits}) {
      if (number < 1) {
        throw UserError.usage(
            "Cannot run the demonstration: --seconds, --turn and --visits-per-second must be 1 or more.");
      }
    }
    Path home = Path.of(System.getProperty("hindcast.home", "."));
    Path folder = output.toAbsolutePath().normalize();
    requireEmpty(folder);
    Files.createDirectories(folder);
    Path config = folder.resolve("pipeline.yaml");
    Files.copy(home.resolve("examples/recommender/pipeline.yaml"), config);
    StreamDemo.writeFirstDay(folder.resolve("first-day"));
    BundleLoader loader = Wiring.bundles();
    train(config, folder, loader);
    terminal()
        .step(
            "3/3 Live, for "
                + seconds
                + " s: a server, a stream that learns, and visitors whose tastes drift");
    StreamDemo demo =
        new StreamDemo(
            folder,
            new StreamDemo.Pace(Duration.ofSeconds(seconds), Duration.ofSeconds(turn), visits),
            text -> terminal().step("  " + text));
    terminal()
        .result(
            demo.run(
                ConfigOptions.read(ConfigDocument.read(config, List.of()), ServeConfig::from),
                loader,
                folder.resolve("bundles").resolve(BUNDLE),
                home.resolve("hindcast")));
    terminal().step("Everything is in " + folder + "; examples/recommender/README.md says what.");
    return ExitCode.DONE;
  }

  private void train(Path config, Path folder, BundleLoader loader) {
    IngestConfig ingest =
        ConfigOptions.read(
            ConfigDocument.read(config, List.of()),
            root -> IngestConfig.from(root.section("ingest"), Pipeline.from(root)));
    TrainConfig train =
        ConfigOptions.read(
            ConfigDocument.read(config, List.of()),
            root -> TrainConfig.from(root, Wiring.algorithms()));
    String dataset = folder.resolve("dataset").toString();
    try (SparkStages stages = stages()) {
      terminal().step("1/3 Ingest: the log of a first day becomes a dataset");
      stages.ingest(ingest, "recommender", dataset, ArtefactWriter.Existing.REFUSE);
      terminal().step("2/3 Train: the first version");
      stages.train(
          train,
          Dataset.open(dataset),
          folder.resolve("bundles").toString(),
          loader,
          ArtefactWriter.Existing.REFUSE);
    }
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      if (files.findAny().isPresent()) {
        throw new UserError(
            UserError.Kind.CONFLICT,
            "Cannot run the demonstration in "
                + folder
                + ": there is something in it already. Name another folder (--output), or take it away.");
      }
    }
  }
}
