package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.head.Head;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The format {@code hindcast-networks-2}: networks by role and a head in {@code architecture.json},
 * their numbers in {@code weights.safetensors}. Reads without native code and runs nothing that is
 * in the files.
 */
public final class NeuralBundleFormat implements BundleLoader.Format {
  /** The name in manifests. */
  public static final String NAME = "hindcast-networks-2";

  static final String ARCHITECTURE = "architecture.json";
  private static final String VECTOR = "vector.";

  /** The content of {@code architecture.json}. */
  record Description(Head head, Map<String, Architecture> networks) {}

  /** All formats of neural bundles that this build reads, older ones included. */
  public static List<BundleLoader.Format> all() {
    return List.of(new NeuralBundleFormat(), new PerceptronBundleFormat());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Bundle load(BundleManifest manifest, Path folder) throws IOException {
    try {
      Stored stored = stored(manifest, folder);
      return bundle(manifest, stored.product(), stored.normalizer());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw damaged(folder, e);
    }
  }

  /**
   * What a bundle holds, to be trained further.
   *
   * @param product the networks, and how their outputs are read
   * @param normalizer of numeric inputs
   */
  public record Stored(FrozenProduct product, Normalizer normalizer) {}

  /**
   * What the folder of a bundle holds; the manifest and the file hashes have been checked.
   *
   * @throws UserError (usage) when it is a bundle of another format; (data) when it is damaged
   */
  public static Stored stored(Path folder) {
    BundleManifest manifest = BundleLoader.manifest(folder);
    if (!manifest.format().equals(NAME)) {
      throw UserError.usage(
          "Cannot train the bundle "
              + folder
              + " further with networks: its format is "
              + manifest.format()
              + ", not "
              + NAME
              + ".");
    }
    try {
      return stored(manifest, folder);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw damaged(folder, e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read bundle " + folder + ".", e);
    }
  }

  private static Stored stored(BundleManifest manifest, Path folder) throws IOException {
    StoredWeights weights = StoredWeights.in(folder);
    Description description =
        CanonicalJson.read(
            StoredWeights.description(folder.resolve(ARCHITECTURE)), Description.class);
    if (description.head() == null || description.networks() == null) {
      throw new IllegalArgumentException(ARCHITECTURE + " lacks a head or networks");
    }
    Map<String, FrozenProduct.Weights> networks = new TreeMap<>();
    description
        .networks()
        .forEach(
            (role, architecture) ->
                networks.put(
                    role,
                    new FrozenProduct.Weights(
                        architecture, weights.parameters(role + ".", architecture))));
    int coordinates = manifest.actionSpace() instanceof ActionSpace.Box box ? box.dimensions() : 0;
    Map<String, float[]> vectors = new TreeMap<>();
    for (String name : description.head().vectors()) {
      vectors.put(name, weights.vector(VECTOR + name, coordinates));
    }
    Normalizer normalizer = weights.normalizer(manifest.observationSpace().numeric().size());
    weights.checkNoneLeft();
    return new Stored(new FrozenProduct(description.head(), networks, vectors), normalizer);
  }

  /**
   * A bundle of a product.
   *
   * @throws IllegalArgumentException when it does not fit the manifest
   */
  static Bundle bundle(BundleManifest manifest, FrozenProduct product, Normalizer normalizer) {
    product.checkFits(manifest.observationSpace(), manifest.actionSpace());
    String kind = product.head().bundleKind();
    if (!manifest.kind().equals(kind)) {
      throw new IllegalArgumentException(
          "the manifest says " + manifest.kind() + ", but the head is that of a " + kind);
    }
    if (kind.equals(BundleManifest.VISIT_RATIOS)) {
      return Bundle.of(
          manifest, NeuralFunctions.ratios(product, normalizer, manifest.actionSpace()));
    }
    return product.head().isPolicy()
        ? new Bundle(
            manifest,
            Optional.of(
                NeuralFunctions.policy(
                    product, normalizer, manifest.actionSpace(), manifest.usesMask())),
            Optional.empty())
        : new Bundle(
            manifest,
            Optional.empty(),
            Optional.of(NeuralFunctions.values(product, normalizer, manifest.actionSpace())));
  }

  static UserError damaged(Path folder, RuntimeException cause) {
    return new UserError(
        UserError.Kind.DATA,
        "Cannot load bundle " + folder + ": its weights are damaged (" + cause.getMessage() + ").",
        cause);
  }

  /** The weights file of a product. */
  static byte[] weights(FrozenProduct product, Normalizer normalizer) {
    StoredWeights.Builder builder = new StoredWeights.Builder();
    product
        .networks()
        .forEach(
            (role, weights) ->
                builder.network(role + ".", weights.architecture(), weights.parameters()));
    product.vectors().forEach((name, values) -> builder.vector(VECTOR + name, values));
    return builder.normalizer(normalizer).bytes();
  }

  /** The file that describes a product. */
  static byte[] architecture(FrozenProduct product) {
    Map<String, Architecture> networks = new TreeMap<>();
    product.networks().forEach((role, weights) -> networks.put(role, weights.architecture()));
    return CanonicalJson.bytes(new Description(product.head(), networks));
  }
}
