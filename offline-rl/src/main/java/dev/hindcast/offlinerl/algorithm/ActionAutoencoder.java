package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.NormalDivergence;
import dev.hindcast.core.loss.NormalSample;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.training.learner.MiniBatch;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A model of continuous actions given observations: a conditional variational autoencoder (Kingma
 * and Welling, 2014; Sohn, Lee and Yan, 2015) with twice as many latent coordinates as actions
 * have. The encoder sees observation and action, the decoder observation and latent code.
 */
final class ActionAutoencoder {
  private static final double MIN_LOG_DEVIATION = -4;
  private static final double MAX_LOG_DEVIATION = 15;
  private static final double DIVERGENCE_WEIGHT = 0.5;

  private final Setting setting;
  private final int latent;
  private final Network encoder;
  private final Network decoder;
  private NormalSample code = NormalSample.of(new float[0], 1, 0, 1, new float[0]);
  private float[] decoded = new float[0];

  /**
   * What one step found.
   *
   * @param reconstruction loss
   * @param divergence of the codes from standard normal ones
   * @param maxLogDeviation the greatest of the batch's codes
   */
  record Fit(double reconstruction, double divergence, double maxLogDeviation) {}

  /** With two hidden layers of this width in each half. */
  ActionAutoencoder(Setting setting, int width, double learningRate) {
    this.setting = setting;
    latent = 2 * setting.dimensions();
    Setting.Blueprint blueprint = setting.network().hidden(List.of(width, width));
    encoder =
        blueprint.extra(setting.dimensions()).create("action encoder", 2 * latent, learningRate);
    decoder = blueprint.extra(latent).create("action decoder", setting.dimensions(), learningRate);
  }

  /**
   * One step on the logged actions: {@code mean weight * (reconstruction - action)^2} over rows and
   * coordinates, plus half the codes' mean divergence from standard normal ones, which is not
   * weighted.
   *
   * @param weights (B)
   */
  Fit fit(MiniBatch batch, float[] weights, RandomGenerator random) {
    float[] actions = batch.actionVectors();
    float[] found = reconstruct(batch.observations(), actions, random);
    Loss reconstruction = SquaredError.of(found, actions, weights);
    NormalDivergence divergence =
        NormalDivergence.of(code.means(), code.logDeviations(), DIVERGENCE_WEIGHT);
    float[] codeGradient = decoder.backwardThrough(beforeTanh(reconstruction.gradient()));
    encoder.backward(
        code.outputGradient(
            codeGradient, divergence.meanGradient(), divergence.logDeviationGradient()));
    decoder.step();
    encoder.step();
    return new Fit(
        reconstruction.value(), divergence.value() / DIVERGENCE_WEIGHT, max(code.logDeviations()));
  }

  /** (rows, dimensions): actions as the model would make them, remembered for the way back. */
  float[] reconstruct(int[] observations, float[] actions, RandomGenerator random) {
    float[] noise = new float[observations.length * latent];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    code =
        NormalSample.of(
            encoder.forward(setting.observations(), observations, actions),
            latent,
            MIN_LOG_DEVIATION,
            MAX_LOG_DEVIATION,
            noise);
    decoded = decoder.forward(setting.observations(), observations, code.values());
    for (int i = 0; i < decoded.length; i++) {
      decoded[i] = (float) Math.tanh(decoded[i]);
    }
    return decoded.clone();
  }

  /**
   * (rows, dimensions): the gradient of a loss by the actions given to {@link #reconstruct}, from
   * its gradient by what came out. The model itself learns nothing from it.
   */
  float[] actionGradient(float[] reconstructionGradient) {
    float[] none = new float[code.values().length];
    float[] codeGradient = decoder.inputGradient(beforeTanh(reconstructionGradient));
    return encoder.inputGradient(code.outputGradient(codeGradient, none, none));
  }

  private float[] beforeTanh(float[] gradient) {
    float[] result = new float[gradient.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = gradient[i] * (1 - decoded[i] * decoded[i]);
    }
    return result;
  }

  private static double max(float[] values) {
    double max = Double.NEGATIVE_INFINITY;
    for (float x : values) {
      max = Math.max(max, x);
    }
    return max;
  }

  Map<String, Network> networks() {
    return Map.of("encoder", encoder, "decoder", decoder);
  }
}
