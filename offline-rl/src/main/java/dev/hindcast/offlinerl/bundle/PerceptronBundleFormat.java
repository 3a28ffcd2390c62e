package dev.hindcast.offlinerl.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.head.Head;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The format {@code hindcast-mlp-1}, which is read but no longer written: one network, a softmax
 * over its outputs in policies, its outputs as values of actions in Q-functions.
 */
final class PerceptronBundleFormat implements BundleLoader.Format {
  private static final String NAME = "hindcast-mlp-1";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Bundle load(BundleManifest manifest, Path folder) throws IOException {
    try {
      Architecture architecture =
          architecture(StoredWeights.description(folder.resolve(NeuralBundleFormat.ARCHITECTURE)));
      StoredWeights stored = StoredWeights.in(folder);
      FrozenProduct.Weights weights =
          new FrozenProduct.Weights(architecture, stored.parameters("", architecture));
      Normalizer normalizer = stored.normalizer(architecture.numeric());
      stored.checkNoneLeft();
      FrozenProduct product =
          manifest.kind().equals(BundleManifest.POLICY)
              ? FrozenProduct.of(new Head.Softmax(), Head.POLICY, weights)
              : FrozenProduct.of(new Head.ActionValues(), Head.Q, weights);
      return NeuralBundleFormat.bundle(manifest, product, normalizer);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw NeuralBundleFormat.damaged(folder, e);
    }
  }

  /** The oldest files do not speak of extra inputs and normalization: there were none. */
  private static Architecture architecture(byte[] json) {
    JsonNode node = CanonicalJson.tree(json);
    if (!(node instanceof ObjectNode object)) {
      throw new IllegalArgumentException(NeuralBundleFormat.ARCHITECTURE + " is not a JSON object");
    }
    if (!object.has("extra")) {
      object.put("extra", 0).put("normalization", Architecture.Normalization.NONE.name());
    }
    return CanonicalJson.read(
        CanonicalJson.line(object).getBytes(StandardCharsets.UTF_8), Architecture.class);
  }
}
