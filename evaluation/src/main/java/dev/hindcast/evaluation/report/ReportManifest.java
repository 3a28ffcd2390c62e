package dev.hindcast.evaluation.report;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.Provenance;
import java.util.List;

/**
 * What a report folder says of itself.
 *
 * @param specVersion the version of the contract
 * @param kind always {@code report}
 * @param name what people call the pipeline
 * @param files every file but the manifest
 * @param provenance what made it
 */
record ReportManifest(
    int specVersion, String kind, String name, List<ArtefactFile> files, Provenance provenance) {}
