package dev.hindcast.offlinerl.network;

import dev.hindcast.offlinerl.network.Architecture.Normalization;

/** A slow network in doubles, for finite differences: one row at a time, as the definitions say. */
final class ReferenceNetwork {
  private final Architecture architecture;
  private final double[] parameters;

  ReferenceNetwork(Architecture architecture, double[] parameters) {
    this.architecture = architecture;
    this.parameters = parameters;
  }

  /** The outputs for one row. */
  double[] outputs(float[] numbers, int[] codes, double[] extra) {
    double[] x = new double[architecture.inputs()];
    int at = 0;
    for (float number : numbers) {
      x[at++] = number;
    }
    int p = 0;
    for (int field = 0; field < codes.length; field++) {
      Architecture.Embedding embedding = architecture.embeddings().get(field);
      for (int j = 0; j < embedding.width(); j++) {
        x[at++] = parameters[p + codes[field] * embedding.width() + j];
      }
      p += embedding.codes() * embedding.width();
    }
    for (double number : extra) {
      x[at++] = number;
    }
    for (int layer = 0; layer <= architecture.hidden().size(); layer++) {
      int out = architecture.widths().get(layer + 1);
      double[] z = new double[out];
      for (int o = 0; o < out; o++) {
        z[o] = parameters[p + out * x.length + o];
        for (int i = 0; i < x.length; i++) {
          z[o] += parameters[p + o * x.length + i] * x[i];
        }
      }
      p += out * x.length + out;
      if (layer < architecture.hidden().size()) {
        p = activate(z, p);
      }
      x = z;
    }
    return x;
  }

  private int activate(double[] z, int p) {
    if (architecture.normalization() == Normalization.BEFORE_ACTIVATION) {
      normalize(z, p);
    }
    for (int j = 0; j < z.length; j++) {
      z[j] = Math.max(z[j], 0);
    }
    if (architecture.normalization() == Normalization.AFTER_ACTIVATION) {
      normalize(z, p);
    }
    return architecture.normalization() == Normalization.NONE ? p : p + 2 * z.length;
  }

  private void normalize(double[] z, int p) {
    double mean = 0;
    double variance = 0;
    for (double value : z) {
      mean += value / z.length;
    }
    for (double value : z) {
      variance += (value - mean) * (value - mean) / z.length;
    }
    for (int j = 0; j < z.length; j++) {
      double unit = (z[j] - mean) / Math.sqrt(variance + Architecture.NORMALIZATION_EPSILON);
      z[j] = unit * parameters[p + j] + parameters[p + z.length + j];
    }
  }
}
