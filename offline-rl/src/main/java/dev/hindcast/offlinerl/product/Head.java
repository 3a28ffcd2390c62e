package dev.hindcast.offlinerl.product;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.hindcast.core.config.Require;
import java.io.Serializable;

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
  @JsonSubTypes.Type(value = Head.ActionValue.class, name = "action_value")
})
public sealed interface Head extends Serializable {
  /** The role of the network that policies act with. */
  String POLICY = "policy";

  /** The role of a network of values. */
  String Q = "q";

  /** The role of a model of the behavior policy. */
  String BEHAVIOR = "behavior";

  /** The role of the frozen policy that a residual one corrects. */
  String BASE = "base";

  /** The vector of log standard deviations that do not depend on the observation. */
  String LOG_DEVIATION = "log_deviation";

  /** Whether it yields a policy rather than values. */
  default boolean isPolicy() {
    return true;
  }

  /** Discrete: the masked softmax of the outputs of {@code policy}. */
  record Softmax() implements Head {}

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
  }

  /** Continuous: the tangent of the outputs of {@code policy}. */
  record Deterministic() implements Head {}

  /**
   * Continuous: a Gaussian around the tangent of the outputs of {@code policy}, with the deviations
   * exp({@code log_deviation}), cut to the box; not squashed.
   */
  record TanhMeanGaussian() implements Head {}

  /** As {@link TanhMeanGaussian} around the outputs themselves. */
  record FreeMeanGaussian() implements Head {}

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
  }

  /** Values of discrete actions: the outputs of {@code q}. */
  record ActionValues() implements Head {
    @Override
    public boolean isPolicy() {
      return false;
    }
  }

  /** The value of a continuous action, in [-1, 1], that {@code q} is given as extra inputs. */
  record ActionValue() implements Head {
    @Override
    public boolean isPolicy() {
      return false;
    }
  }
}
