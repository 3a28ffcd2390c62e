package dev.hindcast.training.bundle;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.training.head.Head;
import java.util.Map;

/**
 * A head as part of an ONNX graph: from the outputs of functions to actions in the environment's
 * units, or to values; {@code docs/spec/bundle.md} lists the inputs and outputs of every head.
 */
public final class OnnxHeads {
  private static final float MASKED_LOGIT = -1e9f;

  private final OnnxGraph graph;
  private final Head head;
  private final Map<String, float[]> vectors;
  private final Functions functions;

  /** The learned functions, added to the graph as they are asked for. */
  public interface Functions {
    /**
     * The name of the outputs of a role's function, (N, outputs).
     *
     * @param extra the name of its extra inputs, (N, extra), where it has any
     */
    String outputs(String role, String... extra);

    /**
     * The same for a role that values an action of a box.
     *
     * @param action the name of the action, (N, dimensions), in the box's own units
     */
    String outputsAt(String role, String action);
  }

  private OnnxHeads(OnnxGraph graph, Head head, Map<String, float[]> vectors, Functions functions) {
    this.graph = graph;
    this.head = head;
    this.vectors = vectors;
    this.functions = functions;
  }

  /**
   * Adds a head to a graph that has its observations already, with the inputs and outputs that are
   * the head's own.
   *
   * @param vectors numbers besides functions, as the head names them
   * @param usesMask whether a policy over discrete actions takes a mask
   */
  public static void add(
      OnnxGraph graph,
      Head head,
      Map<String, float[]> vectors,
      ActionSpace actionSpace,
      boolean usesMask,
      Functions functions) {
    OnnxHeads added = new OnnxHeads(graph, head, vectors, functions);
    if (actionSpace instanceof ActionSpace.Box box) {
      added.continuous(box);
    } else {
      added.discrete(((ActionSpace.Discrete) actionSpace).size(), usesMask);
    }
  }

  private void discrete(int actions, boolean usesMask) {
    if (head instanceof Head.ActionValues) {
      graph.node("Identity", OnnxExport.VALUES, outputs(Head.Q));
      graph.floatOutput(OnnxExport.VALUES, actions);
      return;
    }
    if (head instanceof Head.VisitRatios ratios) {
      ratios(ratios.positive(), OnnxExport.RATIOS, outputs(Head.RATIO));
      graph.floatOutput(OnnxExport.RATIOS, actions);
      return;
    }
    if (usesMask) {
      graph.booleanInput(OnnxExport.MASK, actions);
      graph.constant("masked.logit", new float[] {MASKED_LOGIT});
    }
    if (head instanceof Head.Greedy greedy) {
      greedy(greedy, actions, usesMask);
    } else {
      String logits = masked("policy.masked", outputs(Head.POLICY), usesMask);
      graph.node("Softmax", OnnxExport.PROBABILITIES, 1, logits);
      graph.floatOutput(OnnxExport.PROBABILITIES, actions);
    }
  }

  /** Values of actions that do not count fall below all others; then the greatest is marked. */
  private void greedy(Head.Greedy head, int actions, boolean usesMask) {
    graph.node("Identity", OnnxExport.VALUES, outputs(Head.Q));
    String values = masked("q.masked", OnnxExport.VALUES, usesMask);
    if (head.threshold() > 0) {
      String logits = masked("behavior.masked", outputs(Head.BEHAVIOR), usesMask);
      graph.constant("behavior.threshold", new float[] {(float) Math.log(head.threshold())});
      graph.constant("improbable.value", new float[] {-Float.MAX_VALUE});
      graph.greatestOfRow("behavior.greatest", logits);
      graph.node("Sub", "behavior.relative", logits, "behavior.greatest");
      graph.node("GreaterOrEqual", "behavior.probable", "behavior.relative", "behavior.threshold");
      graph.node("Where", "q.probable", "behavior.probable", values, "improbable.value");
      values = "q.probable";
    }
    graph.node("ArgMax", "q.best", 1, values);
    graph.integers("actions", 0, actions);
    graph.node("Equal", "q.chosen", "q.best", "actions");
    graph.castToFloat(OnnxExport.PROBABILITIES, "q.chosen");
    graph.floatOutput(OnnxExport.PROBABILITIES, actions);
    graph.floatOutput(OnnxExport.VALUES, actions);
  }

  private void ratios(boolean positive, String name, String outputs) {
    if (positive) {
      graph.node("Mul", name, outputs, outputs);
    } else {
      graph.node("Identity", name, outputs);
    }
  }

  private String masked(String name, String values, boolean usesMask) {
    if (!usesMask) {
      return values;
    }
    graph.node("Where", name, OnnxExport.MASK, values, "masked.logit");
    return name;
  }

  private void continuous(ActionSpace.Box box) {
    int d = box.dimensions();
    if (head instanceof Head.ActionValue) {
      actionValue(box);
      return;
    }
    if (head instanceof Head.VisitRatio ratio) {
      graph.floatInput(OnnxExport.ACTION, d);
      String outputs = functions.outputsAt(Head.RATIO, OnnxExport.ACTION);
      ratios(ratio.positive(), "ratio.linked", outputs);
      graph.firstColumn(OnnxExport.RATIO, "ratio.linked");
      graph.floatOutput(OnnxExport.RATIO);
      return;
    }
    box(box);
    if (head instanceof Head.SquashedGaussian squashed) {
      String outputs = outputs(Head.POLICY);
      graph.columns(OnnxExport.MEAN, outputs, 0, d);
      graph.columns("policy.log_deviation", outputs, d, 2 * d);
      graph.between(
          OnnxExport.LOG_DEVIATION,
          "policy.log_deviation",
          (float) squashed.minLogDeviation(),
          (float) squashed.maxLogDeviation());
      graph.node("Tanh", "policy.units", OnnxExport.MEAN);
      stretched("policy.stretched", "policy.units");
      cut("policy.stretched");
    } else if (head instanceof Head.Residual residual) {
      graph.node("Tanh", "base.units", outputs(Head.BASE));
      graph.node("Tanh", "policy.correction", outputs(Head.POLICY, "base.units"));
      graph.constant("policy.scale", new float[] {(float) residual.scale()});
      graph.node("Mul", "policy.moved", "policy.correction", "policy.scale");
      graph.node("Add", "policy.sum", "base.units", "policy.moved");
      graph.between("policy.units", "policy.sum", -1, 1);
      stretched("policy.stretched", "policy.units");
      cut("policy.stretched");
    } else if (head instanceof Head.Deterministic) {
      graph.node("Tanh", "policy.units", outputs(Head.POLICY));
      stretched("policy.stretched", "policy.units");
      cut("policy.stretched");
    } else {
      gaussian(box, head instanceof Head.TanhMeanGaussian);
    }
    graph.floatOutput(OnnxExport.ACTION, d);
    if (head instanceof Head.SquashedGaussian || !head.vectors().isEmpty()) {
      graph.floatOutput(OnnxExport.MEAN, d);
      graph.floatOutput(OnnxExport.LOG_DEVIATION, d);
    }
  }

  private void gaussian(ActionSpace.Box box, boolean tanh) {
    String units = outputs(Head.POLICY);
    if (tanh) {
      graph.node("Tanh", "policy.units", units);
      units = "policy.units";
    }
    stretched(OnnxExport.MEAN, units);
    cut(OnnxExport.MEAN);
    float[] stored = vectors.get(Head.LOG_DEVIATION);
    float[] log = new float[stored.length];
    for (int j = 0; j < log.length; j++) {
      double half = 0.5 * ((double) box.high().get(j) - box.low().get(j));
      log[j] = (float) Math.log(Math.max(Float.MIN_NORMAL, Math.exp(stored[j]) * half));
    }
    graph.constant("policy.log_deviation", log);
    graph.node("Shape", "mean.shape", OnnxExport.MEAN);
    graph.node("Expand", OnnxExport.LOG_DEVIATION, "policy.log_deviation", "mean.shape");
  }

  private void actionValue(ActionSpace.Box box) {
    int d = box.dimensions();
    graph.floatInput(OnnxExport.ACTION, d);
    graph.firstColumn(OnnxExport.VALUE, functions.outputsAt(Head.Q, OnnxExport.ACTION));
    graph.floatOutput(OnnxExport.VALUE);
  }

  private void box(ActionSpace.Box box) {
    int d = box.dimensions();
    float[] low = new float[d];
    float[] high = new float[d];
    float[] half = new float[d];
    float[] middle = new float[d];
    for (int j = 0; j < d; j++) {
      low[j] = box.low().get(j);
      high[j] = box.high().get(j);
      half[j] = (float) (0.5 * ((double) high[j] - low[j]));
      middle[j] = (float) (0.5 * ((double) high[j] + low[j]));
    }
    graph.constant("box.low", low);
    graph.constant("box.high", high);
    graph.constant("box.half", half);
    graph.constant("box.middle", middle);
  }

  /** From [-1, 1] to the box's units. */
  private void stretched(String name, String units) {
    graph.node("Mul", name + ".wide", units, "box.half");
    graph.node("Add", name, name + ".wide", "box.middle");
  }

  /** The action: cut to the box. */
  private void cut(String values) {
    graph.node("Max", "action.raised", values, "box.low");
    graph.node("Min", OnnxExport.ACTION, "action.raised", "box.high");
  }

  private String outputs(String role, String... extra) {
    return functions.outputs(role, extra);
  }
}
