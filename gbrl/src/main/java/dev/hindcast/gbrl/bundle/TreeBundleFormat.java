package dev.hindcast.gbrl.bundle;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.head.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The format {@code hindcast-trees-1}: a head and what each ensemble is in {@code trees.json}, the
 * ensembles in files of their own in XGBoost's binary format. Reads without native code and runs
 * nothing that is in the files.
 */
public final class TreeBundleFormat implements BundleLoader.Format {
  /** The name in manifests. */
  public static final String NAME = "hindcast-trees-1";

  static final String DESCRIPTION = "trees.json";
  private static final String ENSEMBLES = "ensembles";
  private static final long GREATEST_DESCRIPTION = 1L << 20;
  private static final long GREATEST_ENSEMBLE = 1L << 30;

  /** All formats of tree bundles that this build reads. */
  public static List<BundleLoader.Format> all() {
    return List.of(new TreeBundleFormat());
  }

  /** The content of {@code trees.json}. */
  record Description(
      Head head, Map<String, Described> ensembles, Map<String, List<Float>> vectors) {}

  /** One ensemble in {@code trees.json}. */
  record Described(TreeProduct.Input input, List<String> outputs) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Bundle load(BundleManifest manifest, Path folder) throws IOException {
    try {
      return bundle(manifest, product(folder));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot load bundle " + folder + ": its trees are damaged (" + e.getMessage() + ").",
          e);
    }
  }

  /**
   * The product in the folder of a bundle, to be explained or grown further; the manifest and the
   * file hashes have been checked.
   *
   * @throws IllegalArgumentException when it is damaged; the message says how
   */
  public static TreeProduct product(Path folder) throws IOException {
    Description description =
        CanonicalJson.read(read(folder, DESCRIPTION, GREATEST_DESCRIPTION), Description.class);
    if (description.head() == null
        || description.ensembles() == null
        || description.vectors() == null) {
      throw new IllegalArgumentException(DESCRIPTION + " lacks a head, ensembles or vectors");
    }
    Map<String, TreeProduct.Trees> ensembles = new TreeMap<>();
    for (Map.Entry<String, Described> entry : description.ensembles().entrySet()) {
      String role = entry.getKey();
      Described described = entry.getValue();
      if (described == null || described.input() == null || described.outputs() == null) {
        throw new IllegalArgumentException(
            DESCRIPTION + " lacks the input or outputs of ensemble " + role);
      }
      if (!role.matches("[a-z_]+")) { // it becomes part of a path
        throw new IllegalArgumentException("'" + role + "' is no role");
      }
      ensembles.put(
          role,
          new TreeProduct.Trees(
              described.input(), described.outputs(), read(folder, file(role), GREATEST_ENSEMBLE)));
    }
    Map<String, float[]> vectors = new TreeMap<>();
    description.vectors().forEach((name, values) -> vectors.put(name, finite(name, values)));
    return new TreeProduct(description.head(), ensembles, vectors);
  }

  private static float[] finite(String name, List<Float> values) {
    float[] numbers = new float[values == null ? 0 : values.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (values.get(i) == null || !Float.isFinite(values.get(i))) {
        throw new IllegalArgumentException("vector " + name + " holds " + values.get(i));
      }
      numbers[i] = values.get(i);
    }
    return numbers;
  }

  private static byte[] read(Path folder, String file, long atMost) throws IOException {
    Path path = folder.resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new IllegalArgumentException(file + " is missing");
    }
    if (Files.size(path) > atMost) {
      throw new IllegalArgumentException(file + " is larger than " + atMost + " bytes");
    }
    return Files.readAllBytes(path);
  }

  /**
   * A bundle of a product.
   *
   * @throws IllegalArgumentException when it does not fit the manifest
   */
  static Bundle bundle(BundleManifest manifest, TreeProduct product) {
    product.checkFits(manifest.observationSpace(), manifest.actionSpace());
    boolean isPolicy = product.head().isPolicy();
    String kind = product.head().bundleKind();
    if (kind.equals(BundleManifest.VISIT_RATIOS)) {
      throw new IllegalArgumentException("the head " + product.head() + " is not for trees");
    }
    if (!manifest.kind().equals(kind)) {
      throw new IllegalArgumentException(
          "the manifest says " + manifest.kind() + ", but the head is that of a " + kind);
    }
    return isPolicy
        ? new Bundle(
            manifest,
            Optional.of(
                TreeFunctions.policy(
                    product,
                    manifest.observationSpace(),
                    manifest.actionSpace(),
                    manifest.usesMask())),
            Optional.empty())
        : new Bundle(
            manifest,
            Optional.empty(),
            Optional.of(
                TreeFunctions.values(
                    product, manifest.observationSpace(), manifest.actionSpace())));
  }

  /** Where the ensemble of a role lies. */
  static String file(String role) {
    return ENSEMBLES + "/" + role + ".ubj";
  }

  /** The file that describes a product. */
  static byte[] description(TreeProduct product) {
    Map<String, Described> ensembles = new TreeMap<>();
    product
        .ensembles()
        .forEach(
            (role, trees) -> ensembles.put(role, new Described(trees.input(), trees.outputs())));
    Map<String, List<Float>> vectors = new TreeMap<>();
    product.vectors().forEach((name, values) -> vectors.put(name, listed(values)));
    return CanonicalJson.bytes(new Description(product.head(), ensembles, vectors));
  }

  private static List<Float> listed(float[] values) {
    List<Float> list = new java.util.ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }
}
