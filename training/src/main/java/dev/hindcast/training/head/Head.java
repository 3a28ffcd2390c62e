package dev.hindcast.training.head;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.policy.BundleManifest;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;

/**
 * How the outputs of networks become actions or values. Continuous heads speak of actions in [-1,
 * 1]; the box of the action space stretches them.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Head.Softmax.class, name = "softmax"),
  @JsonSubTypes.Type(value = Head.Greedy.class, name = "greedy"),
  @JsonSubTypes.Type(value = Head.Deterministic.class, name = "deterministic"),
  @JsonSubTypes.Type(value = Head.TanhMeanGaussian.class, name = "tanh_mean_gaussian"),
  @JsonSubTypes.Type(value = Head.FreeMeanGaussian.class, name = "free_mean_gaussian"),
  @JsonSubTypes.Type(value = Head.SquashedGaussian.class, name = "squashed_gaussian"),
  @JsonSubTypes.Type(value = Head.Residual.class, name = "residual"),
  @JsonSubTypes.Type(value = Head.ActionValues.class, name = "action_values"),
  @JsonSubTypes.Type(value = Head.ActionValue.class, name = "action_value"),
  @JsonSubTypes.Type(value = Head.VisitRatios.class, name = "visit_ratios"),
  @JsonSubTypes.Type(value = Head.VisitRatio.class, name = "visit_ratio")
})
public sealed interface Head extends Serializable {
  /** The role of the network that policies act with. */
  String POLICY = "policy";

  /** The role of a network of values. */
  String Q = "q";

  /** The role of a network of ratios of visits. */
  String RATIO = "ratio";

  /** The role of a model of the behavior policy. */
  String BEHAVIOR = "behavior";

  /** The role of the frozen policy that a residual one corrects. */
  String BASE = "base";

  /** The vector of log standard deviations that do not depend on the observation. */
  String LOG_DEVIATION = "log_deviation";

  /** What a manifest calls the bundles of such a head. */
  default String bundleKind() {
    return BundleManifest.POLICY;
  }

  /** Whether it yields a policy rather than values or ratios. */
  @JsonIgnore
  default boolean isPolicy() {
    return bundleKind().equals(BundleManifest.POLICY);
  }

  /** Whether it speaks of discrete actions; otherwise they lie in a box. */
  @JsonIgnore
  default boolean isDiscrete() {
    return false;
  }

  /**
   * The networks it needs, by role.
   *
   * @param size the number of discrete actions, or of coordinates of a continuous one
   */
  Map<String, Shape> shapes(int size);

  /** The vectors it needs, one number for each coordinate of an action. */
  default Set<String> vectors() {
    return Set.of();
  }

  /**
   * What a network takes besides the observation, and gives.
   *
   * @param extra the number of extra inputs
   * @param outputs the number of outputs
   */
  record Shape(int extra, int outputs) {}

  /** Discrete: the masked softmax of the outputs of {@code policy}. */
  record Softmax() implements Head {
    @Override
    public boolean isDiscrete() {
      return true;
    }

    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(POLICY, new Shape(0, size));
    }
  }

  /**
   * Discrete: the admissible action with the greatest output of {@code q} (the lowest numbered
   * among equals) among those that are probable enough under the masked softmax of {@code
   * behavior}: at least {@code threshold} times the most probable one (Fujimoto and others, 2019,
   * arXiv:1910.01708). With a threshold of 0 there is no network {@code behavior} and every
   * admissible action counts.
   *
   * @param threshold in [0, 1]
   */
  record Greedy(double threshold) implements Head {
    /** Checks the range. */
    public Greedy {
      Require.closed("threshold", threshold, 0, 1);
    }

    @Override
    public boolean isDiscrete() {
      return true;
    }

    @Override
    public Map<String, Shape> shapes(int size) {
      return threshold == 0
          ? Map.of(Q, new Shape(0, size))
          : Map.of(Q, new Shape(0, size), BEHAVIOR, new Shape(0, size));
    }
  }

  /** Continuous: the tangent of the outputs of {@code policy}. */
  record Deterministic() implements Head {
    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(POLICY, new Shape(0, size));
    }
  }

  /**
   * Continuous: a Gaussian around the tangent of the outputs of {@code policy}, with the deviations
   * exp({@code log_deviation}), cut to the box; not squashed.
   */
  record TanhMeanGaussian() implements Head {
    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(POLICY, new Shape(0, size));
    }

    @Override
    public Set<String> vectors() {
      return Set.of(LOG_DEVIATION);
    }
  }

  /** As {@link TanhMeanGaussian} around the outputs themselves. */
  record FreeMeanGaussian() implements Head {
    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(POLICY, new Shape(0, size));
    }

    @Override
    public Set<String> vectors() {
      return Set.of(LOG_DEVIATION);
    }
  }

  /**
   * Continuous: the tangent of a Gaussian. {@code policy} has 2d outputs: d means, then d log
   * deviations, which are cut to the given ends.
   *
   * @param minLogDeviation the least
   * @param maxLogDeviation the greatest
   */
  record SquashedGaussian(double minLogDeviation, double maxLogDeviation) implements Head {
    /** Checks the order. */
    public SquashedGaussian {
      Require.that(
          minLogDeviation < maxLogDeviation, "The least log deviation must be below the greatest.");
    }

    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(POLICY, new Shape(0, 2 * size));
    }
  }

  /**
   * Continuous: {@code base} acts by the tangent of its outputs; {@code policy} sees the
   * observation and that action (as extra inputs) and adds {@code scale} times the tangent of its
   * outputs; the sum is cut to [-1, 1].
   *
   * @param scale how far it may move an action, above 0
   */
  record Residual(double scale) implements Head {
    /** Checks the range. */
    public Residual {
      Require.positive("scale", scale);
    }

    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(BASE, new Shape(0, size), POLICY, new Shape(size, size));
    }
  }

  /** Values of discrete actions: the outputs of {@code q}. */
  record ActionValues() implements Head {
    @Override
    public boolean isDiscrete() {
      return true;
    }

    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(Q, new Shape(0, size));
    }

    @Override
    public String bundleKind() {
      return BundleManifest.Q_FUNCTION;
    }
  }

  /** The value of a continuous action, in [-1, 1], that {@code q} is given as extra inputs. */
  record ActionValue() implements Head {
    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(Q, new Shape(size, 1));
    }

    @Override
    public String bundleKind() {
      return BundleManifest.Q_FUNCTION;
    }
  }

  /**
   * Ratios of visits of discrete actions: the outputs of {@code ratio}.
   *
   * @param positive whether an output x stands for {@code x^2}
   */
  record VisitRatios(boolean positive) implements Head {
    @Override
    public boolean isDiscrete() {
      return true;
    }

    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(RATIO, new Shape(0, size));
    }

    @Override
    public String bundleKind() {
      return BundleManifest.VISIT_RATIOS;
    }
  }

  /**
   * The ratio of visits of a continuous action, in [-1, 1], that {@code ratio} is given as extra
   * inputs.
   *
   * @param positive whether an output x stands for {@code x^2}
   */
  record VisitRatio(boolean positive) implements Head {
    @Override
    public Map<String, Shape> shapes(int size) {
      return Map.of(RATIO, new Shape(size, 1));
    }

    @Override
    public String bundleKind() {
      return BundleManifest.VISIT_RATIOS;
    }
  }
}
