package dev.hindcast.training.bundle;

/**
 * The names of an ONNX export, of its inputs and of its outputs; {@code docs/spec/bundle.md} says
 * what they hold. They are the same whatever was trained.
 */
public final class OnnxExport {
  /** The export of the end of training. */
  public static final String FILE = "model.onnx";

  /** Input: numeric fields. */
  public static final String OBSERVATION = "observation";

  /** Input: categorical fields. */
  public static final String CODES = "observation_codes";

  /** Input: which actions are admissible. */
  public static final String MASK = "action_mask";

  /** Input of values, output of policies: a continuous action. */
  public static final String ACTION = "action";

  /** Output: probabilities of discrete actions. */
  public static final String PROBABILITIES = "probabilities";

  /** Output: values of discrete actions. */
  public static final String VALUES = "values";

  /** Output: the value of a continuous action. */
  public static final String VALUE = "value";

  /** Output: ratios of visits of discrete actions. */
  public static final String RATIOS = "ratios";

  /** Output: the ratio of visits of a continuous action. */
  public static final String RATIO = "ratio";

  /** Output: the mean of a Gaussian. */
  public static final String MEAN = "mean";

  /** Output: the log deviation of a Gaussian. */
  public static final String LOG_DEVIATION = "log_deviation";

  private static final String SNAPSHOTS = "snapshots";

  private OnnxExport() {}

  /** The export of an earlier moment. */
  public static String snapshot(long updates) {
    return SNAPSHOTS + "/" + updates + "/" + FILE;
  }
}
