package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One word of a config changes, and boosted trees walk from the log to the verdict: a shop whose
 * customers come twice, whose ages are not always known, and who pay by interactions of both.
 */
class TreesIT {
  private static final String CONFIG =
      """
      name: shop
      discount: 0.9
      ingest:
        source: {format: csv, path: log.csv}
        episode: {id: user, step: visit, ends: terminated}
        observation: {numeric: [age], categorical: [country]}
        action: {discrete: item, size: 3}
        reward: paid
        propensity: {probability: p}
        checks: {missing-number: {treat: keep}}
      train:
        snapshots: 2
        algorithms:
          - ALGORITHM
          - {name: fitted-q-evaluation-trees, of: [learned], rounds: 60}
      evaluate:
        policies: [logged, uniform]
        incumbent: logged
        promote-if: {lower-bound-above: incumbent}
      """;

  private static final String NETWORK = "{name: iql, as: learned, expectile: 0.7}";
  private static final String TREES =
      "{name: advantage-weighted-trees, as: learned, expectile: 0.7, values: {rounds: 60}, policy: {rounds: 60}}";
  private static final String[] COUNTRIES = {"de", "fr", "nl", "pl", "se", "es"};

  @TempDir private static Path folder;

  @BeforeAll
  static void walk() throws IOException {
    Files.writeString(folder.resolve("log.csv"), log(1500));
    Path config = config("trees.yaml", TREES);
    done("ingest", "--config", config, "--output", folder.resolve("dataset"));
    done(
        "train",
        "--config",
        config,
        "--dataset",
        folder.resolve("dataset"),
        "--output",
        folder.resolve("bundles"));
  }

  /** Who pays for what: item 2 in three countries when older than 40, or of unknown age. */
  private static double pay(double age, int country, int item) {
    boolean isOld = Double.isNaN(age) || age > 40;
    int wanted = country < 3 && isOld ? 2 : country == 4 ? 1 : 0;
    return item == wanted ? 1 : 0;
  }

  private static String log(int users) {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder csv = new StringBuilder("user,visit,age,country,item,paid,p\n");
    for (int user = 0; user < users; user++) {
      int country = random.nextInt(COUNTRIES.length);
      double age = random.nextInt(10) == 0 ? Double.NaN : 18 + random.nextInt(60);
      for (int visit = 0; visit < 2; visit++) {
        int item = random.nextInt(3);
        csv.append("u").append(user).append(',').append(visit).append(',');
        csv.append(Double.isNaN(age) ? "" : Double.toString(age)).append(',');
        csv.append(COUNTRIES[country]).append(',').append(item).append(',');
        csv.append(pay(age, country, item)).append(",0.3333333333333333\n");
      }
    }
    return csv.toString();
  }

  private static Path config(String name, String algorithm) throws IOException {
    return Files.writeString(folder.resolve(name), CONFIG.replace("ALGORITHM", algorithm));
  }

  private static Hindcast done(Object... arguments) {
    Hindcast run = Hindcast.run(arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  @Test
  void policyIsFarBetterThanTheLogAndTheVerdictSaysSo() throws IOException {
    done(
        "evaluate",
        "--config",
        folder.resolve("trees.yaml"),
        "--dataset",
        folder.resolve("dataset"),
        "--bundle",
        folder.resolve("bundles"),
        "--output",
        folder.resolve("report"));
    EvaluationReport report =
        CanonicalJson.read(
            Files.readAllBytes(folder.resolve("report/report.json")), EvaluationReport.class);
    PolicyResult learned = report.policy("learned-seed0").orElseThrow();
    double best = 1.9; // a payment at each visit, the second discounted; the log earns a third
    assertThat(value(learned, "self-normalized-doubly-robust")).isBetween(0.85 * best, 1.05 * best);
    assertThat(report.policy("logged").orElseThrow().estimates().get(0).value().orElseThrow())
        .isLessThan(0.4 * best);
  }

  private static double value(PolicyResult policy, String estimator) {
    return policy.estimate(estimator).orElseThrow().value().orElseThrow();
  }

  @Test
  void bundleTellsWhatItIsAndWhy() throws IOException {
    Path bundle = folder.resolve("bundles/learned-seed0");
    assertThat(bundle.resolve("snapshots")).isDirectoryContaining(path -> Files.isDirectory(path));
    assertThat(Files.readString(bundle.resolve("model-card.md")))
        .contains("rounds of boosting", "What it looks at", "country", "age");
    assertThat(done("inspect", bundle).out())
        .contains("advantage-weighted-trees")
        .containsPattern("looks at +for what speaks for an action against the others: \\w+ [0-9]");
    assertThat(
            done(
                    "inspect",
                    folder.resolve("bundles/fitted-q-evaluation-trees-of-learned-seed0-seed0"))
                .out())
        .contains("looks at   for the value of an action: ", "action", "age");
    assertThat(done("compare", folder.resolve("bundles")).out()).contains("learned-seed0");
  }

  @Test
  void decisionsAreScoredInBatches() {
    Hindcast scored =
        done(
            "score",
            "--config",
            folder.resolve("trees.yaml"),
            "--bundle",
            folder.resolve("bundles/learned-seed0"),
            "--output",
            folder.resolve("scored"));
    assertThat(scored.out()).contains("Decisions of policy learned");
  }

  @Test
  void catalogueHasNetworksAndTreesAndChecksWhatIsSaidToThem() throws IOException {
    assertThat(done("validate", "--config", config("network.yaml", NETWORK)).err()).isNotNull();
    assertThat(done("list", "algorithms").out()).contains("iql", "advantage-weighted-trees");
    Hindcast wrong =
        Hindcast.run(
            "validate",
            "--config",
            config("wrong.yaml", TREES.replace("expectile", "hidden: [8], expectle")));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("hidden", "means nothing to advantage-weighted-trees: it has no networks")
        .contains("expectle", "expectile");
    Hindcast streamed =
        Hindcast.run(
            "validate", "--config", config("streamed.yaml", "{name: gradient-boosted-ppo}"));
    assertThat(streamed.err()).contains("gradient-boosted-ppo needs fresh interactions");
  }
}
