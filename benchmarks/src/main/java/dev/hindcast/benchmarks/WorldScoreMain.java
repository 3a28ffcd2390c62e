package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import dev.hindcast.dataset.TranslatedPolicy;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets the policies of bundles live in a simulated world, and prints what they earn as a Markdown
 * table: {@code WORLD YARDSTICK FOLDER...}. A folder is a bundle, or holds bundles at any depth;
 * seeds of one algorithm make one row. The yardstick is the algorithm that the others are compared
 * with.
 */
public final class WorldScoreMain {
  private WorldScoreMain() {}

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 3) {
      throw UserError.usage(
          "Cannot score: name a world, the algorithm to compare others with, and folders.");
    }
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Path> folders = Arrays.stream(arguments).skip(2).map(Path::of).toList();
    out.print(table(SimulatedWorld.named(arguments[0]), arguments[1], folders, loader()));
  }

  static BundleLoader loader() {
    List<BundleLoader.Format> formats = new ArrayList<>(NeuralBundleFormat.all());
    formats.addAll(TreeBundleFormat.all());
    return new BundleLoader(formats);
  }

  /** The whole table. */
  static String table(
      SimulatedWorld world, String yardstick, List<Path> folders, BundleLoader loader)
      throws IOException {
    ScoreTable table = new ScoreTable(world, yardstick);
    for (Path folder : folders) {
      List<Path> bundles = policyBundles(folder);
      if (bundles.isEmpty()) {
        throw UserError.missing(
            "Cannot score "
                + folder
                + ": neither it nor a folder in it holds a finished bundle of a policy.");
      }
      for (Path bundle : bundles) {
        Policy policy = policy(world, bundle, loader);
        table.add(
            bundle.getFileName().toString(),
            world.scoring().earned(policy, Acting.MODE),
            world.scoring().earned(policy, Acting.DRAWN));
      }
    }
    return table.markdown();
  }

  private static List<Path> policyBundles(Path folder) throws IOException {
    List<Path> bundles = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(file -> file.endsWith("manifest.json"))
          .map(Path::getParent)
          .filter(place -> BundleLoader.manifest(place).kind().equals(BundleManifest.POLICY))
          .sorted()
          .forEach(bundles::add);
    }
    return bundles;
  }

  /** The policy of a bundle, as it acts on what is seen in the world. */
  private static Policy policy(SimulatedWorld world, Path folder, BundleLoader loader) {
    Bundle bundle = loader.load(folder);
    ObservationSpace needs = bundle.manifest().observationSpace();
    ObservationSpace has = world.world().observationSpace();
    if (!needs.numeric().equals(has.numeric())
        || !names(needs).equals(names(has))
        || !bundle.manifest().actionSpace().equals(world.world().actionSpace())) {
      throw UserError.usage(
          "Cannot score "
              + folder
              + " in the world "
              + world.name()
              + ": it was made for other observations or actions. Score it where its log is from.");
    }
    return TranslatedPolicy.between(has, needs, bundle.policy().orElseThrow());
  }

  private static List<String> names(ObservationSpace space) {
    return space.categorical().stream().map(CategoricalField::name).toList();
  }
}
