package dev.hindcast.serving.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Policies' bundles of one number each, which is enough to be told apart. */
final class Bundles {
  private Bundles() {}

  static Path write(Path folder, double content, Optional<Fingerprint> parent) {
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
              ObservationSpace.ofStates(2),
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
