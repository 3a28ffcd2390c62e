package dev.hindcast.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.dataset.ArtefactWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bundles for a point mass whose whole content is how much noise they add to one linear policy, so
 * that values and densities are exact.
 */
public final class LinearBundles {
  /** The world that they are for. */
  public static final PointMass WORLD = new PointMass(1, 3);

  static final double DISCOUNT = 0.9;
  static final double GAIN = -0.5;

  private LinearBundles() {}

  /** A loader of these. */
  public static BundleLoader loader() {
    return new BundleLoader(List.of(new Linear()));
  }

  /** The one-dimensional policy {@code -x / 2}, certain or with normal noise. */
  private static Policy policy(double deviation) {
    return decisions -> {
      float[] means = new float[decisions.size()];
      float[] deviations = new float[means.length];
      Arrays.fill(deviations, (float) deviation);
      for (int i = 0; i < means.length; i++) {
        means[i] = (float) (GAIN * decisions.numeric()[i]);
      }
      return deviation == 0
          ? new ActionDistribution.Deterministic(WORLD.actionSpace(), means)
          : new ActionDistribution.Gaussian(WORLD.actionSpace(), means, deviations);
    };
  }

  /** The same for the world's closed forms, which hang on the noise's variance alone. */
  static LinearPolicy linear(double deviation) {
    return LinearPolicy.of(new double[][] {{GAIN}}).withNoise(deviation * Math.sqrt(3));
  }

  /** {@code r(x, a) + discount V(x + a / 2)}. */
  private static final class ExactQ implements QFunction {
    private static final long serialVersionUID = 1L;
    private final double deviation;

    ExactQ(double deviation) {
      this.deviation = deviation;
    }

    @Override
    public double[] values(Decisions decisions) {
      throw new UnsupportedOperationException("a box");
    }

    @Override
    public double[] values(Decisions decisions, float[] actions) {
      double[] values = new double[actions.length];
      for (int i = 0; i < values.length; i++) {
        double x = decisions.numeric()[i];
        values[i] =
            WORLD.reward(new double[] {x}, new float[] {actions[i]})
                + DISCOUNT * WORLD.value(linear(deviation), DISCOUNT, x + actions[i] / 2);
      }
      return values;
    }
  }

  /** Bundles whose whole content is the deviation. */
  private static final class Linear implements BundleLoader.Format {
    @Override
    public String name() {
      return "test-linear";
    }

    @Override
    public Bundle load(BundleManifest manifest, Path place) throws IOException {
      double deviation =
          CanonicalJson.read(Files.readAllBytes(place.resolve("deviation.json")), Double.class);
      return manifest.kind().equals(BundleManifest.POLICY)
          ? new Bundle(manifest, Optional.of(policy(deviation)), Optional.empty())
          : new Bundle(manifest, Optional.empty(), Optional.of(new ExactQ(deviation)));
    }
  }

  /** Publishes one as a bundle of the name. */
  public static String publish(
      Path folder,
      String name,
      String kind,
      double deviation,
      Optional<BundleManifest.Evaluates> evaluates,
      DatasetManifest dataset) {
    String place = folder.resolve(name).toString();
    try (ArtefactWriter writer = ArtefactWriter.begin(place, ArtefactWriter.Existing.REFUSE)) {
      writer.write("deviation.json", CanonicalJson.bytes(deviation));
      writer.publish(
          new BundleManifest(
              BundleManifest.SPEC_VERSION,
              kind,
              "test-linear",
              name,
              "by-hand",
              WORLD.observationSpace(),
              WORLD.actionSpace(),
              false,
              evaluates,
              DISCOUNT,
              1,
              Map.of(),
              Optional.empty(),
              writer.files(),
              new Provenance(
                  List.of(new Provenance.Input("dataset", "point", dataset.fingerprint())),
                  JsonNodeFactory.instance.objectNode(),
                  0,
                  CodeVersion.current())));
    }
    return place;
  }
}
