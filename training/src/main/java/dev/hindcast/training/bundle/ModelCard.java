package dev.hindcast.training.bundle;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.policy.BundleManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The page in a bundle that tells people what it is, what made it, how to use it and what not to
 * use it for. All that stands in it comes from the bundle: equal bundles have equal pages.
 *
 * @param bundle what it speaks of
 * @param words what differs between rooms
 */
public record ModelCard(TrainingRecord bundle, Words words) {
  /**
   * What differs between rooms.
   *
   * @param updates what an update is, in the plural: "gradient updates"
   * @param formats the Java expression that gives the formats to load it with
   * @param fromJava what to say before the Java example, colon included
   * @param section what the room has to say of this very bundle, in lines of Markdown that end with
   *     an empty one; nothing, or a section with a heading
   */
  public record Words(String updates, String formats, String fromJava, List<String> section) {
    /** Copies the section. */
    public Words {
      section = List.copyOf(section);
    }

    /** With nothing to say of a single bundle. */
    public Words(String updates, String formats, String fromJava) {
      this(updates, formats, fromJava, List.of());
    }

    /** The same with this to say. */
    public Words with(List<String> lines) {
      return new Words(updates, formats, fromJava, lines);
    }
  }

  /** The page, in Markdown. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("# " + bundle.name());
    lines.add("");
    lines.add(whatItIs());
    lines.add("");
    lines.add("## What it was trained on");
    lines.add("");
    for (Provenance.Input input : bundle.provenance().inputs()) {
      lines.add(
          "- " + input.role() + " `" + input.name() + "`, `" + input.fingerprint().value() + "`");
    }
    figure("steps").ifPresent(steps -> lines.add("- " + steps + " steps of its training side"));
    lines.add(
        "- " + bundle.updates() + " " + words.updates() + ", seed " + bundle.provenance().seed());
    lines.add(
        "- code version "
            + bundle.provenance().code().version()
            + "; when it ran is not noted, so that equal runs give equal bytes");
    lines.add("");
    lines.add("## Inputs and outputs");
    lines.add("");
    lines.add(
        "Numbers, in this order, in the log's own units: "
            + names(bundle.observationSpace().numeric()));
    lines.add("");
    lines.add(
        "Categories, as codes of the dictionaries in `manifest.json` (0 is any other value): "
            + names(bundle.observationSpace().categorical().stream().map(f -> f.name()).toList()));
    lines.add("");
    lines.add(actions());
    lines.add("");
    lines.add("## Settings");
    lines.add("");
    lines.add("```json");
    lines.add(CanonicalJson.text(bundle.provenance().config()).stripTrailing());
    lines.add("```");
    lines.add("");
    lines.add("## Figures at the end of training");
    lines.add("");
    lines.add("They say how training went, not what the policy is worth.");
    lines.add("");
    lines.add("| figure | value |");
    lines.add("| --- | --- |");
    for (Map.Entry<String, Double> metric : new TreeMap<>(bundle.metrics()).entrySet()) {
      lines.add("| " + metric.getKey() + " | " + metric.getValue() + " |");
    }
    lines.add("");
    lines.addAll(words.section());
    lines.addAll(limits());
    lines.add("");
    lines.addAll(howToUse());
    return String.join("\n", lines) + "\n";
  }

  private String whatItIs() {
    String kind =
        bundle.isOfPolicy() ? "A policy" : isOfRatios() ? "Ratios of visits" : "A Q-function";
    String of =
        bundle
            .evaluates()
            .map(BundleManifest.Evaluates::name)
            .map(policy -> " of the policy `" + policy + "`")
            .orElse("");
    return kind
        + of
        + " over "
        + bundle.actionSpace().inWords()
        + ", trained offline with `"
        + bundle.algorithm()
        + "` and discount "
        + bundle.discount()
        + ". "
        + bundle.description();
  }

  private Optional<String> figure(String name) {
    return Optional.ofNullable(bundle.metrics().get(name))
        .map(value -> Long.toString(Math.round(value)));
  }

  private static String names(List<String> names) {
    return names.isEmpty() ? "none" : "`" + String.join("`, `", names) + "`";
  }

  private String actions() {
    if (bundle.actionSpace() instanceof ActionSpace.Box box) {
      return "Actions: from " + box.low() + " to " + box.high() + ", in the log's own units.";
    }
    return bundle.usesMask()
        ? "Actions: numbered from 0; inadmissible ones, by the mask, get probability 0."
        : "Actions: numbered from 0; no mask was used.";
  }

  private List<String> limits() {
    List<String> lines = new ArrayList<>();
    lines.add("## Limits");
    lines.add("");
    lines.add(
        "- Evaluate it on held-out episodes (`hindcast evaluate`) before it decides anything.");
    lines.add(
        "- It knows only what the log shows. For observations unlike those, and for actions that"
            + " were rarely or never taken there, its outputs are guesses.");
    lines.add("- If the way in which the log was gathered changes, train and evaluate anew.");
    if (isOfRatios()) {
      lines.add(
          "- Ratios are those to the visits of the very log they were learned on: of another log they"
              + " say nothing. They are not right where `ends` is far from 1.");
    } else if (!bundle.isOfPolicy()) {
      lines.add(
          "- Values are predictions of discounted returns, not measurements; they tend to be too"
              + " high for actions that the log does not have.");
    }
    return lines;
  }

  private List<String> howToUse() {
    List<String> lines = new ArrayList<>();
    lines.add("## How to use it");
    lines.add("");
    lines.add("From Python, with onnxruntime:");
    lines.add("");
    lines.add("```python");
    lines.add("import numpy, onnxruntime");
    lines.add("session = onnxruntime.InferenceSession(\"" + OnnxExport.FILE + "\")");
    List<String> inputs = new ArrayList<>();
    int numbers = bundle.observationSpace().numeric().size();
    int categories = bundle.observationSpace().categorical().size();
    if (numbers > 0) {
      lines.add("numbers = numpy.zeros((1, " + numbers + "), dtype=numpy.float32)");
      inputs.add("\"" + OnnxExport.OBSERVATION + "\": numbers");
    }
    if (categories > 0) {
      lines.add("codes = numpy.zeros((1, " + categories + "), dtype=numpy.int64)");
      inputs.add("\"" + OnnxExport.CODES + "\": codes");
    }
    boolean isPolicy = bundle.isOfPolicy();
    if (bundle.actionSpace() instanceof ActionSpace.Discrete discrete) {
      if (isPolicy && bundle.usesMask()) {
        lines.add("mask = numpy.ones((1, " + discrete.size() + "), dtype=bool)");
        inputs.add("\"" + OnnxExport.MASK + "\": mask");
      }
    } else if (!isPolicy) {
      int d = ((ActionSpace.Box) bundle.actionSpace()).dimensions();
      lines.add("action = numpy.zeros((1, " + d + "), dtype=numpy.float32)");
      inputs.add("\"" + OnnxExport.ACTION + "\": action");
    }
    lines.add(
        output() + ", = session.run([\"" + output() + "\"], {" + String.join(", ", inputs) + "})");
    lines.add("```");
    lines.add("");
    lines.add(words.fromJava());
    lines.add("");
    lines.add("```java");
    lines.add("Bundle bundle = new BundleLoader(" + words.formats() + ").load(folder);");
    lines.add(
        isPolicy
            ? "ActionDistribution actions = bundle.policy().orElseThrow().distribution(decisions);"
            : isOfRatios()
                ? "VisitRatios ratios = bundle.visitRatios().orElseThrow();"
                : "QFunction values = bundle.qFunction().orElseThrow();");
    lines.add("```");
    return lines;
  }

  private String output() {
    boolean isDiscrete = bundle.actionSpace() instanceof ActionSpace.Discrete;
    if (bundle.isOfPolicy()) {
      return isDiscrete ? OnnxExport.PROBABILITIES : OnnxExport.ACTION;
    }
    if (isOfRatios()) {
      return isDiscrete ? OnnxExport.RATIOS : OnnxExport.RATIO;
    }
    return isDiscrete ? OnnxExport.VALUES : OnnxExport.VALUE;
  }

  private boolean isOfRatios() {
    return bundle.kind().equals(BundleManifest.VISIT_RATIOS);
  }
}
