package dev.hindcast.gbrl.explanation;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Ensemble;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What the ensemble that decides or values looks at, over a sample of decisions. Bundles hold it as
 * a file, so that it can be told without native code.
 *
 * @param of what is moved, in words: "the value of an action"
 * @param rows how many rows it was found on
 * @param drivers the features, greatest first
 */
public record Drivers(String of, int rows, List<Driver> drivers) {
  /** Where bundles hold it. */
  public static final String FILE = "drivers.json";

  /** So many rows show what most of them look at. */
  private static final int MOST_ROWS = 512;

  private static final int FEWEST_ROWS = 32;

  /** Rows times trees: explaining a row by a tree of depth 6 takes some ten microseconds. */
  private static final int MOST_WORK = 300_000;

  private static final int LISTED = 12;

  /** Copies the list. */
  public Drivers {
    Require.that(of != null && drivers != null, "it lacks what is moved, or what moves it");
    drivers = List.copyOf(drivers);
  }

  /**
   * Of a product. Of a policy with one output for each action it is what speaks for the action
   * against the others: among two which way a feature works can be told, among more the sizes are
   * means. An ensemble that is shown the action is asked about all of them in turn, or about points
   * all over the box.
   *
   * @return empty where there are no decisions to look at
   */
  public static Optional<Drivers> of(
      TreeProduct product,
      ObservationSpace observationSpace,
      ActionSpace actionSpace,
      Decisions decisions) {
    if (decisions.size() == 0) {
      return Optional.empty();
    }
    String role = product.ensembles().containsKey(Head.POLICY) ? Head.POLICY : Head.Q;
    TreeProduct.Trees trees = product.ensembles().get(role);
    Features features = trees.input().features(observationSpace, actionSpace);
    boolean isChoice =
        product.head().isPolicy()
            && actionSpace instanceof ActionSpace.Discrete
            && trees.outputs().size() > 1;
    List<Output> outputs = trees.outputs().stream().map(Output::named).toList();
    try (Ensemble ensemble =
        Ensemble.read(trees.bytes(), features, outputs, Growth.DEFAULT, 0, 1)) {
      float[] rows =
          spread(
              rows(trees, features, actionSpace, decisions),
              features.width(),
              MOST_WORK / Math.max(1, ensemble.trees()));
      List<Driver> drivers =
          mean(
              Explanation.of(ensemble, rows, contrasts(isChoice, outputs.size())).stream()
                  .map(Explanation::drivers)
                  .toList());
      String of = inWords(product.head(), role, actionSpace, isChoice, outputs.size());
      return Optional.of(new Drivers(of, rows.length / features.width(), drivers));
    }
  }

  /** (decisions, features) */
  private static float[] rows(
      TreeProduct.Trees trees, Features features, ActionSpace actionSpace, Decisions decisions) {
    if (trees.input() == TreeProduct.Input.OBSERVATION) {
      return features.rows(decisions);
    }
    SplittableRandom random = new SplittableRandom(0);
    if (actionSpace instanceof ActionSpace.Box box) {
      float[] points = new float[decisions.size() * box.dimensions()];
      for (int i = 0; i < points.length; i++) {
        float low = box.low().get(i % box.dimensions());
        float high = box.high().get(i % box.dimensions());
        points[i] = low + (float) random.nextDouble() * (high - low);
      }
      return features.rows(decisions, points);
    }
    int actions = ((ActionSpace.Discrete) actionSpace).size();
    return features.rows(decisions, random.ints(decisions.size(), 0, actions).toArray());
  }

  /** Some of the rows, from all over them; not many more than can be afforded. */
  private static float[] spread(float[] rows, int width, int affordable) {
    int there = rows.length / width;
    int taken = Math.min(there, Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, affordable)));
    float[] some = new float[taken * width];
    for (int i = 0; i < taken; i++) {
      int from = (int) ((long) i * there / taken);
      System.arraycopy(rows, from * width, some, i * width, width);
    }
    return some;
  }

  private static List<Contrast> contrasts(boolean isChoice, int outputs) {
    if (!isChoice) {
      return IntStream.range(0, outputs).mapToObj(k -> Contrast.ofOutput(k, outputs)).toList();
    }
    return outputs == 2
        ? List.of(Contrast.ofChoice(1, 2))
        : IntStream.range(0, outputs).mapToObj(k -> Contrast.ofChoice(k, outputs)).toList();
  }

  private static String inWords(
      Head head, String role, ActionSpace actionSpace, boolean isChoice, int outputs) {
    if (isChoice) {
      return outputs == 2
          ? "what speaks for action 1 against action 0"
          : "what speaks for an action against the others";
    }
    if (role.equals(Head.Q) || !head.isPolicy()) {
      return "the value of an action";
    }
    if (actionSpace instanceof ActionSpace.Discrete) {
      return "what speaks for an action";
    }
    return outputs == 1 ? "the action" : "the coordinates of the action";
  }

  /** Which way a feature works is said only where there is one number to move. */
  private static List<Driver> mean(List<List<Driver>> explanations) {
    if (explanations.size() == 1) {
      return explanations.get(0);
    }
    Map<String, Double> sizes = new LinkedHashMap<>();
    for (List<Driver> explanation : explanations) {
      for (Driver driver : explanation) {
        sizes.merge(driver.feature(), driver.size() / explanations.size(), Double::sum);
      }
    }
    return sizes.entrySet().stream()
        .map(entry -> new Driver(entry.getKey(), entry.getValue(), Driver.Direction.UNORDERED))
        .sorted(
            Comparator.comparingDouble((Driver driver) -> -driver.size())
                .thenComparing(Driver::feature))
        .toList();
  }

  /** The file. */
  public byte[] bytes() {
    return CanonicalJson.bytes(this);
  }

  /**
   * What was written as {@link #bytes()}.
   *
   * @throws IllegalArgumentException when it was not; the message says what is wrong
   */
  public static Drivers read(byte[] file) {
    return CanonicalJson.read(file, Drivers.class);
  }

  /** A section of a model card, in Markdown. */
  public List<String> section() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "## What it looks at",
                "",
                "By how much each field moves "
                    + of
                    + ", on average over "
                    + rows
                    + " decisions of the training side (TreeSHAP). It says what the trees do, not"
                    + " what causes what in the world.",
                "",
                "| field | mean size | as the field rises, it |",
                "| --- | --- | --- |"));
    drivers.stream().limit(LISTED).forEach(driver -> lines.add(line(driver)));
    if (drivers.size() > LISTED) {
      lines.addAll(List.of("", (drivers.size() - LISTED) + " more fields are in `" + FILE + "`."));
    }
    lines.add("");
    return lines;
  }

  private static String line(Driver driver) {
    return String.format(
        Locale.ROOT, "| %s | %.3g | %s |", driver.feature(), driver.size(), way(driver));
  }

  private static String way(Driver driver) {
    return switch (driver.direction()) {
      case RISES -> "rises";
      case FALLS -> "falls";
      case NEITHER -> "neither rises nor falls";
      case UNORDERED -> "";
    };
  }

  /** The first few on a line: {@code the value of an action: sofa 0.21 (falls), ward 0.1}. */
  public String inWords(int atMost) {
    List<String> words =
        drivers.stream()
            .limit(atMost)
            .map(
                driver ->
                    String.format(Locale.ROOT, "%s %.3g", driver.feature(), driver.size())
                        + (driver.direction() == Driver.Direction.RISES
                                || driver.direction() == Driver.Direction.FALLS
                            ? " (" + way(driver) + ")"
                            : ""))
            .toList();
    return of + ": " + String.join(", ", words);
  }
}
