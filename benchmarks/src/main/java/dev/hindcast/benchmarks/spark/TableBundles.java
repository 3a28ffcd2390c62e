package dev.hindcast.benchmarks.spark;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TabularQ;
import dev.hindcast.dataset.ArtefactWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Bundles that are a table by category: as little work for a policy as there can be. */
final class TableBundles implements BundleLoader.Format {
  private static final String FORMAT = "speed-table";
  private static final String FILE = "table.json";

  @Override
  public String name() {
    return FORMAT;
  }

  @Override
  public Bundle load(BundleManifest manifest, Path folder) throws IOException {
    double[] table = CanonicalJson.read(Files.readAllBytes(folder.resolve(FILE)), double[].class);
    int actions = ((ActionSpace.Discrete) manifest.actionSpace()).size();
    boolean policy = manifest.kind().equals(BundleManifest.POLICY);
    return new Bundle(
        manifest,
        policy ? Optional.of(TabularPolicy.of(table, actions)) : Optional.empty(),
        policy ? Optional.empty() : Optional.of(new TabularQ(table, actions)));
  }

  /** Publishes a table as what was learned from a dataset. */
  static void write(
      Path folder,
      String kind,
      DatasetManifest dataset,
      Fingerprint trainedOn,
      double discount,
      byte[] table) {
    try (ArtefactWriter writer =
        ArtefactWriter.begin(folder.toString(), ArtefactWriter.Existing.REPLACE)) {
      writer.write(FILE, table);
      writer.publish(
          new BundleManifest(
              BundleManifest.SPEC_VERSION,
              kind,
              FORMAT,
              folder.getFileName().toString(),
              "by-hand",
              dataset.observationSpace(),
              dataset.actionSpace(),
              false,
              Optional.empty(),
              discount,
              0,
              Map.of(),
              Optional.empty(),
              writer.files(),
              new Provenance(
                  List.of(new Provenance.Input("dataset", dataset.name(), trainedOn)),
                  CanonicalJson.tree((Object) Map.of()),
                  0,
                  CodeVersion.current())));
    }
  }
}
