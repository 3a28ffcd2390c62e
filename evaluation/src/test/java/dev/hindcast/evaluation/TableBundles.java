package dev.hindcast.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TabularQ;
import dev.hindcast.dataset.ArtefactWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Bundles whose content is a table by state and action: enough to test evaluation without nets. */
public final class TableBundles implements BundleLoader.Format {
  private static final String FILE = "table.json";

  private TableBundles() {}

  /** A loader for them. */
  public static BundleLoader loader() {
    return new BundleLoader(List.of(new TableBundles()));
  }

  @Override
  public String name() {
    return "test-table";
  }

  @Override
  public Bundle load(BundleManifest manifest, Path folder) throws IOException {
    double[] table = CanonicalJson.read(Files.readAllBytes(folder.resolve(FILE)), double[].class);
    int actions = ((dev.hindcast.core.data.ActionSpace.Discrete) manifest.actionSpace()).size();
    if (manifest.kind().equals(BundleManifest.VISIT_RATIOS)) {
      TabularQ ratios = new TabularQ(table, actions);
      return Bundle.of(manifest, ratios::values);
    }
    boolean policy = manifest.kind().equals(BundleManifest.POLICY);
    return new Bundle(
        manifest,
        policy ? Optional.of(TabularPolicy.of(table, actions)) : Optional.empty(),
        policy ? Optional.empty() : Optional.of(new TabularQ(table, actions)));
  }

  /** Publishes a policy bundle. */
  public static Path policy(Path folder, DatasetManifest dataset, double[] table) {
    return write(
        folder, BundleManifest.POLICY, dataset, dataset.fingerprint(), Optional.empty(), 1, table);
  }

  /** Publishes a Q-function bundle that speaks of a policy. */
  public static Path q(
      Path folder,
      DatasetManifest dataset,
      BundleManifest.Evaluates evaluates,
      double discount,
      double[] table) {
    return write(
        folder,
        BundleManifest.Q_FUNCTION,
        dataset,
        dataset.fingerprint(),
        Optional.of(evaluates),
        discount,
        table);
  }

  /** Publishes a bundle, as trained on any dataset. */
  public static Path write(
      Path folder,
      String kind,
      DatasetManifest dataset,
      Fingerprint trainedOn,
      Optional<BundleManifest.Evaluates> evaluates,
      double discount,
      double[] table) {
    JsonNode none = JsonNodeFactory.instance.objectNode();
    return write(folder, kind, dataset, trainedOn, evaluates, discount, table, none);
  }

  /** Publishes a bundle, as trained with any config. */
  public static Path write(
      Path folder,
      String kind,
      DatasetManifest dataset,
      Fingerprint trainedOn,
      Optional<BundleManifest.Evaluates> evaluates,
      double discount,
      double[] table,
      JsonNode config) {
    try (ArtefactWriter writer =
        ArtefactWriter.begin(folder.toString(), ArtefactWriter.Existing.REFUSE)) {
      writer.write(FILE, CanonicalJson.bytes(table));
      writer.write(
          "metrics.jsonl",
          """
          {"update": 100, "losses": {"value": 0.5}}
          {"update": 200, "losses": {"value": 0.25}}
          """
              .getBytes(StandardCharsets.UTF_8));
      writer.publish(
          new BundleManifest(
              BundleManifest.SPEC_VERSION,
              kind,
              "test-table",
              folder.getFileName().toString(),
              "by-hand",
              dataset.observationSpace(),
              dataset.actionSpace(),
              false,
              evaluates,
              discount,
              200,
              Map.of(),
              Optional.empty(),
              writer.files(),
              new Provenance(
                  List.of(new Provenance.Input("dataset", dataset.name(), trainedOn)),
                  config,
                  0,
                  CodeVersion.current())));
    }
    return folder;
  }
}
