package dev.hindcast.core.policy;

import dev.hindcast.core.config.ConfigNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A target policy as a config names it.
 *
 * <p>Forms: {@code logged}; {@code uniform}; {@code {constant: 3}}; {@code {bundle: path}}; {@code
 * {table: file.parquet, keyed-by: [state], action: action, probability: p}} with one row per key
 * and action; {@code {table: ..., keyed-by: [episode_id, step], probabilities: list-column}} with
 * one row per key. All but the plain words take a {@code name}.
 */
public sealed interface PolicySpec {
  /** What people call it. */
  String name();

  /** The behavior policy itself. */
  record Logged() implements PolicySpec {
    @Override
    public String name() {
      return "logged";
    }
  }

  /** Every admissible action alike. */
  record Uniform() implements PolicySpec {
    @Override
    public String name() {
      return "uniform";
    }
  }

  /** One action always. */
  record Constant(String name, int action) implements PolicySpec {}

  /** A bundle in a folder. */
  record BundleFolder(String name, String path) implements PolicySpec {}

  /**
   * A Parquet table.
   *
   * @param keyedBy observation fields, or {@code episode_id} and {@code step}
   * @param action the column with the action, in the long form
   * @param probability the column with its probability, in the long form
   * @param probabilities the list column with all probabilities, in the wide form
   */
  record Table(
      String name,
      String path,
      List<String> keyedBy,
      Optional<String> action,
      Optional<String> probability,
      Optional<String> probabilities)
      implements PolicySpec {}

  /**
   * A policy by the name it was given elsewhere: in the top-level {@code policies}, or by training.
   */
  record Named(String name) implements PolicySpec {}

  /** What names may look like: they become folder names and stand in reports. */
  Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /** Reads one policy; mistakes become problems of the document. */
  static PolicySpec from(ConfigNode node) {
    if (!node.isSection()) {
      String word = node.text();
      return switch (word) {
        case "logged" -> new Logged();
        case "uniform" -> new Uniform();
        default -> new Named(word);
      };
    }
    Optional<String> name = node.at("name").optionalText();
    name.filter(text -> !NAME.matcher(text).matches())
        .ifPresent(
            text ->
                node.at("name")
                    .problem("'" + text + "' should be letters, digits, '.', '_' or '-'"));
    if (node.has("constant")) {
      int action = node.at("constant").integer(0);
      return new Constant(name.orElse("constant-" + action), action);
    }
    if (node.has("bundle")) {
      String path = node.at("bundle").filePath();
      return new BundleFolder(name.orElse(lastPart(path)), path);
    }
    if (!node.has("table")) {
      node.problem("should be a name, or a section with one of constant, bundle, table");
      return new Logged();
    }
    String path = node.at("table").filePath();
    List<String> keyedBy = node.at("keyed-by").texts();
    if (keyedBy.isEmpty()) {
      node.problem(
          "keyed-by is missing: name the observation fields that rows are looked up by, or [episode_id, step]");
    }
    Optional<String> wide = node.at("probabilities").optionalText();
    Optional<String> probability = node.at("probability").optionalText();
    Optional<String> action = node.at("action").optionalText();
    if (wide.isPresent() == probability.isPresent() || wide.isPresent() == action.isPresent()) {
      node.problem(
          "needs either action and probability (one row per action) or probabilities (one list per row)");
    }
    return new Table(
        name.orElse(lastPart(path).replaceFirst("\\.parquet$", "")),
        path,
        keyedBy,
        action,
        probability,
        wide);
  }

  private static String lastPart(String path) {
    String trimmed = path.replaceFirst("/+$", "");
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }
}
