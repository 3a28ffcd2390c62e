package dev.hindcast.evaluation;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import java.nio.file.Path;
import java.util.List;

/**
 * A world, a log of it as a dataset on disk, and bundles for it: what tests of whole reports need.
 *
 * @param folder where everything lies
 * @param world the world
 * @param dataset the dataset
 */
public record Fixture(Path folder, TabularMdp world, Dataset dataset) {
  /** Logs a world and writes the dataset, everything held out. */
  public static Fixture of(Path folder, TabularMdp world, TransitionColumns log) {
    return of(folder, world, log, 1);
  }

  /** Logs a world and writes the dataset with a share held out. */
  public static Fixture of(Path folder, TabularMdp world, TransitionColumns log, double heldOut) {
    String place = folder.resolve("dataset").toString();
    DatasetWriter.write(place, "world", new Split(heldOut, "test"), log);
    return new Fixture(folder, world, Dataset.open(place));
  }

  /** The manifest of the dataset. */
  public DatasetManifest manifest() {
    return dataset.manifest();
  }

  /** Publishes a policy as a bundle of the name. */
  public String policy(String name, TabularPolicy policy) {
    return TableBundles.policy(folder.resolve(name), manifest(), table(policy)).toString();
  }

  /** Publishes the exact Q-function of a policy that was published before. */
  public String exactQ(String name, TabularPolicy policy, double discount) {
    var evaluates =
        new BundleManifest.Evaluates(
            name, BundleLoader.manifest(folder.resolve(name)).fingerprint());
    return TableBundles.q(
            folder.resolve("q-of-" + name),
            manifest(),
            evaluates,
            discount,
            world.actionValues(policy, discount))
        .toString();
  }

  /** Reads a config; fails on any problem. */
  public EvaluateConfig config(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", folder, yaml, List.of());
    EvaluateConfig config = EvaluateConfig.from(document.root());
    document.finish();
    return config;
  }

  /** Evaluates in memory. */
  public EvaluationReport evaluate(String yaml, List<String> bundles) {
    EvaluateConfig config = config(yaml);
    EvaluationPlan plan = EvaluationPlan.of(config, manifest(), bundles, TableBundles.loader());
    return Evaluation.of(
        plan,
        config.part().parts().stream()
            .map(dataset.withRewardWeights(config.pipeline().rewardWeights())::read)
            .toList(),
        List.of());
  }

  /** (states, actions) probabilities. */
  public double[] table(TabularPolicy policy) {
    double[] table = new double[world.states() * world.actions()];
    for (int s = 0; s < world.states(); s++) {
      for (int a = 0; a < world.actions(); a++) {
        table[s * world.actions() + a] = policy.probability(s, a);
      }
    }
    return table;
  }
}
