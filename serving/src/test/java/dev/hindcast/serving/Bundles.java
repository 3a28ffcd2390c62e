package dev.hindcast.serving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.serving.registry.RegisteredPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Policies' bundles of one number each: the probability of the second of two actions, whatever is
 * seen. What they are shown are a number {@code age}, a category {@code country} and two numbers
 * {@code taste}.
 */
public final class Bundles implements BundleLoader.Format {
  /** What they are shown. */
  public static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("age", "taste.0", "taste.1"),
          List.of(new ObservationSpace.CategoricalField("country", List.of("de", "fr", "3"))));

  private Bundles() {}

  /** A loader for them. */
  public static BundleLoader loader() {
    return new BundleLoader(List.of(new Bundles()));
  }

  @Override
  public String name() {
    return "test-number";
  }

  @Override
  public Bundle load(BundleManifest manifest, Path folder) throws IOException {
    double p = CanonicalJson.read(Files.readAllBytes(folder.resolve("content.json")), Double.class);
    if (p < 0) {
      throw UserError.data("Cannot load bundle " + folder + ": its number is negative.");
    }
    return new Bundle(manifest, Optional.of(new Certain(p)), Optional.empty());
  }

  /**
   * A policy that looks at nothing but the mask.
   *
   * @param p of the second action
   */
  public record Certain(double p) implements Policy {
    @Override
    public ActionDistribution distribution(Decisions decisions) {
      double[] probabilities = new double[2 * decisions.size()];
      for (int row = 0; row < decisions.size(); row++) {
        double second =
            !decisions.isAdmissible(row, 0, 2) ? 1 : !decisions.isAdmissible(row, 1, 2) ? 0 : p;
        probabilities[2 * row] = 1 - second;
        probabilities[2 * row + 1] = second;
      }
      return new ActionDistribution.Categorical(decisions.size(), 2, probabilities);
    }
  }

  /** Writes one. */
  public static Path write(Path folder, double content, Optional<Fingerprint> parent) {
    List<Provenance.Input> inputs = new ArrayList<>();
    inputs.add(new Provenance.Input("dataset", "shop", Fingerprint.ofJson("shop")));
    parent.ifPresent(of -> inputs.add(new Provenance.Input(RegisteredPolicy.PARENT, "before", of)));
    try (ArtefactWriter writer =
        ArtefactWriter.begin(folder.toString(), ArtefactWriter.Existing.REFUSE)) {
      writer.write("content.json", CanonicalJson.bytes(content));
      writer.publish(
          new BundleManifest(
              BundleManifest.SPEC_VERSION,
              BundleManifest.POLICY,
              "test-number",
              folder.getFileName().toString(),
              "by-hand",
              SPACE,
              new ActionSpace.Discrete(2),
              false,
              Optional.empty(),
              1,
              1,
              Map.of(),
              Optional.empty(),
              writer.files(),
              new Provenance(
                  inputs, JsonNodeFactory.instance.objectNode(), 0, CodeVersion.current())));
    }
    return folder;
  }
}
