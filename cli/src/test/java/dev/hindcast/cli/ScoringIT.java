package dev.hindcast.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.world.PointMass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A policy decides, the world answers, and the log of it is evaluated: the loop closes. */
class ScoringIT {
  private static final String DISCRETE =
      """
      name: shop
      ingest:
        source: {format: FORMAT, path: LOG}
        episode: {id: user, ends: terminated}
        observation: {numeric: [age], categorical: [country]}
        action: {discrete: ITEM, size: 3}
        reward: paid
        propensity: {probability: CHANCE}
      train:
        hidden: [16]
        updates: 200
        algorithms: [{name: behavior-cloning, learning-rate: 0.01}, {name: fitted-q-evaluation, of: [behavior-cloning]}]
      evaluate:
        split: all
        allow-other-dataset: true
      """;

  private static final List<String> COUNTRIES = List.of("de", "fr", "nl");
  private static final double[] BEHAVIOR = {0.6, 0.3, 0.1};

  private static final UserDefinedFunction ANSWER =
      functions.udf((UDF2<String, Integer, Double>) ScoringIT::reward, DataTypes.DoubleType);

  @TempDir private Path folder;

  /** What an action pays on average: the third one most. */
  private static double pay(double age, int action) {
    return 0.2 + 0.3 * action + 0.1 * age;
  }

  private static double age(String user) {
    return StableHash.uniform(1, StableHash.of(user));
  }

  private static String country(String user) {
    return COUNTRIES.get((int) (3 * StableHash.uniform(2, StableHash.of(user))));
  }

  private static double reward(String user, int action) {
    double noise = StableHash.uniform(3, StableHash.of(user)) - 0.5;
    return pay(age(user), action) + noise;
  }

  private Path logOfTheShop(int users) {
    StructType schema =
        new StructType()
            .add("user", DataTypes.StringType)
            .add("age", DataTypes.DoubleType)
            .add("country", DataTypes.StringType)
            .add("item", DataTypes.IntegerType)
            .add("paid", DataTypes.DoubleType)
            .add("p", DataTypes.DoubleType);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < users; i++) {
      String user = "old-" + i;
      double u = StableHash.uniform(4, StableHash.of(user));
      int item = u < BEHAVIOR[0] ? 0 : u < BEHAVIOR[0] + BEHAVIOR[1] ? 1 : 2;
      rows.add(
          RowFactory.create(
              user, age(user), country(user), item, reward(user, item), BEHAVIOR[item]));
    }
    return write("log", spark -> spark.createDataFrame(rows, schema));
  }

  /** A CSV file of users who have been shown nothing yet; one of them has no age. */
  private Path newUsers(int users) throws IOException {
    StringBuilder csv = new StringBuilder("visit,country,user,age\n");
    for (int i = 0; i < users; i++) {
      String user = "new-" + i;
      csv.append(String.join(",", "v" + i, country(user), user, Double.toString(age(user))) + "\n");
    }
    csv.append("v,de,ageless,\n");
    return Files.writeString(folder.resolve("new.csv"), csv);
  }

  private Path write(String name, Function<SparkSession, Dataset<Row>> table) {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      Path path = folder.resolve(name);
      table.apply(spark).coalesce(1).write().parquet(path.toString());
      return path;
    }
  }

  private Path config(String name, String format, Path log, String action, String probability)
      throws IOException {
    return Files.writeString(
        folder.resolve(name),
        DISCRETE
            .replace("FORMAT", format)
            .replace("LOG", log.toString())
            .replace("ITEM", action)
            .replace("CHANCE", probability));
  }

  private static Hindcast done(Object... arguments) {
    Hindcast run = Hindcast.run(arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private Hindcast score(Path config, Path bundles, String output, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "score",
                "--config",
                config,
                "--bundle",
                bundles,
                "--output",
                folder.resolve(output)));
    arguments.addAll(Arrays.asList(more));
    return Hindcast.run(arguments.toArray());
  }

  @Test
  void decisionsAreALogThatTheirPolicyIsEvaluatedOn() throws IOException {
    Path old = config("old.yaml", "parquet", logOfTheShop(2000), "item", "p");
    Path dataset = folder.resolve("dataset");
    Path bundles = folder.resolve("bundles");
    done("ingest", "--config", old, "--output", dataset);
    done("train", "--config", old, "--dataset", dataset, "--output", bundles);

    int users = 3000;
    Path fresh = config("fresh.yaml", "csv", newUsers(users), "item", "p");
    Hindcast scored = score(fresh, bundles, "scored");
    assertThat(scored.exitCode()).as(scored.err()).isZero();
    assertThat(scored.err())
        .contains("1 of 3,001 rows got no action, such as ageless: age is empty");
    assertThat(scored.out()).contains("Decisions of policy behavior-cloning");
    assertThat(score(fresh, bundles, "again").exitCode()).isZero();
    for (String file : List.of("manifest.json", "decisions/part-00000.parquet")) {
      assertThat(folder.resolve("again").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("scored").resolve(file));
    }

    Path paid =
        write(
            "paid",
            spark ->
                spark
                    .read()
                    .parquet(folder.resolve("scored/decisions").toString())
                    .filter("scoring_problem is null")
                    .withColumn("paid", ANSWER.apply(col("user"), col("chosen_action"))));
    Path back = config("back.yaml", "parquet", paid, "chosen_action", "chosen_probability");
    done("ingest", "--config", back, "--output", folder.resolve("own-log"));
    done(
        "evaluate",
        "--config",
        back,
        "--dataset",
        folder.resolve("own-log"),
        "--bundle",
        bundles.resolve("behavior-cloning-seed0"),
        "--output",
        folder.resolve("report"));
    EvaluationReport report =
        CanonicalJson.read(
            Files.readAllBytes(folder.resolve("report/report.json")), EvaluationReport.class);

    // what acted is what is judged, so every weight is 1
    PolicyResult own = report.policy("behavior-cloning-seed0").orElseThrow();
    assertThat(own.diagnostics().orElseThrow().effectiveSampleSize().orElseThrow())
        .isCloseTo(users, within(1e-6));
    assertThat(own.diagnostics().orElseThrow().maxWeight().orElseThrow())
        .isCloseTo(1, within(1e-9));

    // the world's own answer for the uniform policy, on these very users
    double exact = 0;
    for (int i = 0; i < users; i++) {
      for (int action = 0; action < 3; action++) {
        exact += pay(age("new-" + i), action) / 3 / users;
      }
    }
    PolicyResult uniform = report.policy("uniform").orElseThrow();
    double error =
        uniform.estimate("self-normalized-inverse-propensity").orElseThrow().value().orElseThrow()
            - exact;
    assertThat(Math.abs(error)).isLessThan(0.03); // that of the log's own mean is 0.15
    assertThat(report.policy("logged").orElseThrow().estimates().get(0).value().orElseThrow())
        .isLessThan(exact - 0.1);
  }

  /** A point mass: the clumsy policy that acted is cloned, decides itself, and is evaluated. */
  @Test
  void decisionsInABoxHaveTheDensityThatTheyAreWeighedBy() throws IOException {
    TransitionColumns log = new PointMass(2, 2).log(new PointMass(2, 2).clumsy(), 500, 1);
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < log.rows(); row++) {
      float[] x =
          Arrays.copyOfRange(
              log.numeric(), row / 2 * 6 + row % 2 * 2, row / 2 * 6 + row % 2 * 2 + 2);
      float[] a = Arrays.copyOfRange(log.actionVectors(), 2 * row, 2 * row + 2);
      rows.add(
          RowFactory.create(
              row / 2,
              row % 2,
              new Float[] {x[0], x[1]},
              new Float[] {a[0], a[1]},
              log.reward(row),
              log.propensity(row)));
    }
    var floats = DataTypes.createArrayType(DataTypes.FloatType);
    StructType schema =
        new StructType()
            .add("run", DataTypes.IntegerType)
            .add("t", DataTypes.IntegerType)
            .add("x", floats)
            .add("push", floats)
            .add("r", DataTypes.DoubleType)
            .add("density", DataTypes.DoubleType);
    Path raw = write("log", spark -> spark.createDataFrame(rows, schema));
    String yaml =
        """
        name: point
        discount: 0.9
        ingest:
          source: {path: log}
          episode: {id: run, step: t, ends: truncated}
          observation: {numeric: [x]}
          action: {box: [push], low: [-1, -1], high: [1, 1]}
          reward: r
          propensity: {density: density}
        train:
          hidden: [16]
          updates: 100
          algorithms: [behavior-cloning, {name: fitted-q-evaluation, of: [behavior-cloning]}]
        evaluate: {split: all, allow-other-dataset: true}
        """;
    Path config = Files.writeString(folder.resolve("point.yaml"), yaml);
    assertThat(raw).exists();
    Path dataset = folder.resolve("dataset");
    Path bundles = folder.resolve("bundles");
    done("ingest", "--config", config, "--output", dataset);
    done("train", "--config", config, "--dataset", dataset, "--output", bundles);
    Hindcast scored = score(config, bundles, "scored");
    assertThat(scored.exitCode()).as(scored.err()).isZero();
    assertThat(scored.out()).contains("1,000, 1,000 with an action", "fitted-q-evaluation");

    // what was paid is not asked here: only who is weighed against whom
    Path back =
        Files.writeString(
            folder.resolve("back.yaml"),
            yaml.replace("path: log", "path: scored/decisions")
                .replace("[push]", "[chosen_action]")
                .replace("{density: density}", "{density: chosen_density}"));
    done("ingest", "--config", back, "--output", folder.resolve("own-log"));
    done(
        "evaluate",
        "--config",
        back,
        "--dataset",
        folder.resolve("own-log"),
        "--bundle",
        bundles,
        "--output",
        folder.resolve("report"));
    EvaluationReport report =
        CanonicalJson.read(
            Files.readAllBytes(folder.resolve("report/report.json")), EvaluationReport.class);
    PolicyResult own = report.policy("behavior-cloning-seed0").orElseThrow();
    assertThat(own.diagnostics().orElseThrow().maxWeight().orElseThrow())
        .isCloseTo(1, within(1e-6));
    assertThat(own.estimate("direct-method").orElseThrow().value()).isPresent();
    assertThat(own.verdict().decision()).isEqualTo(EvaluationReport.Decision.HOLD);
    assertThat(folder.resolve("report/report.html")).isNotEmptyFile();
  }

  @Test
  void wrongUseIsRefusedInWords() throws IOException {
    Path old = config("old.yaml", "parquet", logOfTheShop(300), "item", "p");
    Path dataset = folder.resolve("dataset");
    Path bundles = folder.resolve("bundles");
    done("ingest", "--config", old, "--output", dataset);
    done(
        "train",
        "--config",
        old,
        "--dataset",
        dataset,
        "--output",
        bundles,
        "--set",
        "train.updates=2");
    assertThat(score(old, bundles, "no", "--policy", "behavior-cloning-seed1").err())
        .contains(
            "Cannot score with policy behavior-cloning-seed1: no bundle holds it.",
            "Did you mean behavior-cloning-seed0?");
    assertThat(score(old, bundles, "no", "--set", "ingest.action.size=4").err())
        .contains("the policy chooses from 3 discrete actions, but ingest.action in")
        .contains("says 4 discrete actions");

    Path users = folder.resolve("users.csv");
    Files.writeString(users, "user,country\na,de\n");
    Path config = config("users.yaml", "csv", users, "item", "p");
    assertThat(score(config, bundles, "no").err())
        .contains("what the policy must be shown: the log has no column age.");
    Files.writeString(users, "user,country,age\na,de,NaN\n");
    Hindcast nothing = score(config, bundles, "no");
    assertThat(nothing.exitCode()).isEqualTo(3);
    assertThat(nothing.err()).contains("1 of 1 rows got no action, such as a: age is empty");
    Files.writeString(users, "user,country,age,policy\na,de,0.5,me\n");
    assertThat(score(config, bundles, "no").err())
        .contains("it has columns of the names that decisions are written to already: policy.");
    assertThat(folder.resolve("no")).doesNotExist();
  }
}
