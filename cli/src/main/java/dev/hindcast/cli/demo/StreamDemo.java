package dev.hindcast.cli.demo;

import dev.hindcast.cli.demo.LiveShop.Visited;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.serving.http.ScoringServer;
import dev.hindcast.serving.http.ServeConfig;
import dev.hindcast.serving.registry.Objection;
import dev.hindcast.serving.registry.Promotion;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.serving.registry.Version;
import dev.hindcast.serving.scorer.PolicyScorer;
import dev.hindcast.serving.scorer.ServedVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A closed loop: visitors ask a server what to show them, what it decided and what came of it flow
 * through a stream, the stream fine-tunes the policy and moves the registry on, and the server
 * takes up what it made. Beside it a policy stays as it was.
 */
public final class StreamDemo {
  private static final DriftingRecommender WORLD = DriftingRecommender.DEFAULT;
  private static final int FIRST_VISITS = 4_000;
  private static final double FIRST_EXPLORATION = 0.5;
  private static final String BY = "hindcast demo";
  private static final String PAGE = "stream/out/estimates.html";

  private final Path folder;
  private final Pace pace;
  private final Consumer<String> words;

  /**
   * How fast everything goes.
   *
   * @param run how long visitors come
   * @param turn how long it takes until tastes are back where they were
   * @param visitsPerSecond how many visitors come
   */
  public record Pace(Duration run, Duration turn, int visitsPerSecond) {}

  /**
   * A demonstration.
   *
   * @param folder with the pipeline's config, a dataset, and bundles
   * @param words are told how it goes
   */
  public StreamDemo(Path folder, Pace pace, Consumer<String> words) {
    this.folder = folder;
    this.pace = pace;
    this.words = words;
  }

  /** Writes the log of a day before anything drifted. */
  public static void writeFirstDay(Path folder) throws IOException {
    DriftingRecommender still = new DriftingRecommender(WORLD.items(), 0);
    List<String> lines = new ArrayList<>();
    for (Recommendation one :
        still.visits(still.nearest(0, FIRST_EXPLORATION), 0, FIRST_VISITS, 1)) {
      lines.add(CanonicalJson.line(one.whole()));
    }
    Files.createDirectories(folder);
    Files.write(folder.resolve("log.jsonl"), lines);
  }

  /**
   * Runs it.
   *
   * @param config of the server
   * @param bundle of the first version
   * @param launcher the {@code hindcast} command
   * @return what came of it, in words
   */
  public String run(ServeConfig config, BundleLoader loader, Path bundle, Path launcher)
      throws InterruptedException {
    RegisteredPolicy policy =
        Registry.at(config.registry().orElseThrow().path())
            .policy(config.registry().orElseThrow().policy());
    begin(policy, bundle);
    List<Visited> all = new ArrayList<>();
    try (ScoringServer server = ScoringServer.start(config, loader, text -> {});
        ChildStream stream =
            ChildStream.start(
                launcher, folder.resolve("pipeline.yaml"), folder.resolve("stream.log"))) {
      URI address = URI.create("http://localhost:" + server.address().getPort());
      words.accept("Serving on " + address + "; the stream's words are in " + stream.log());
      words.accept("Open " + folder.resolve(PAGE) + " in a browser: it keeps itself up to date.");
      LiveShop shop = new LiveShop(WORLD, address, frozen(config, loader, bundle));
      Duration every = Duration.ofSeconds(1).dividedBy(pace.visitsPerSecond());
      int group = 5 * pace.visitsPerSecond();
      while (shop.open().compareTo(pace.run()) < 0) {
        List<Visited> visited = shop.visitors(all.size(), group, every, pace.turn());
        all.addAll(visited);
        stream.requireAlive();
        words.accept(
            String.format(
                Locale.ROOT,
                "%4d s  version %3d recommends  clicks a visit: live %.2f, frozen %.2f (best possible %.2f)",
                shop.open().toSeconds(),
                server.served().number().orElseThrow(),
                visited.stream().mapToDouble(Visited::live).average().orElseThrow(),
                visited.stream().mapToDouble(Visited::frozen).average().orElseThrow(),
                WORLD.bestValue()));
      }
    }
    return summary(all, policy);
  }

  /** Nothing judged the first version: that is said, and recorded. */
  private static void begin(RegisteredPolicy policy, Path bundle) {
    Version first = policy.register(bundle.toString(), Optional.empty(), BY);
    policy.promote(
        new Promotion(
            first.number(),
            Optional.empty(),
            Optional.empty(),
            Set.of(Objection.NO_REPORT),
            "The first version of a demonstration.",
            BY,
            Optional.empty()));
  }

  private static PolicyScorer frozen(ServeConfig config, BundleLoader loader, Path place) {
    BundleManifest manifest = BundleLoader.manifest(place);
    return PolicyScorer.of(
        loader.load(place),
        new ServedVersion(
            manifest.name(),
            manifest.fingerprint(),
            place.toString(),
            Optional.empty(),
            Optional.empty()),
        config.mapping(),
        config.keepsMissing(),
        config.behavior());
  }

  private static String summary(List<Visited> all, RegisteredPolicy policy) {
    List<Visited> half = all.subList(all.size() / 2, all.size());
    double mean = half.stream().mapToDouble(Visited::difference).average().orElseThrow();
    double squares =
        half.stream().mapToDouble(visit -> Math.pow(visit.difference() - mean, 2)).sum();
    double error = Math.sqrt(squares / (half.size() - 1.0) / half.size());
    return String.format(
        Locale.ROOT,
        "Second half, %,d visits: %.3f clicks a visit with fine-tuning, %.3f without: %+.3f, standard error %.3f (%.0f of them).%n%d versions were published.",
        half.size(),
        half.stream().mapToDouble(Visited::live).average().orElseThrow(),
        half.stream().mapToDouble(Visited::frozen).average().orElseThrow(),
        mean,
        error,
        mean / error,
        policy.versions().size() - 1);
  }
}
