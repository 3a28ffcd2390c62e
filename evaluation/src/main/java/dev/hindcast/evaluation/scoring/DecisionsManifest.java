package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import java.util.List;

/**
 * What scored decisions say of themselves; {@code docs/spec/decisions.md} is the contract.
 *
 * @param specVersion the version of the contract
 * @param kind {@link #KIND}
 * @param name what people call the pipeline
 * @param policy who decided
 * @param policyVersion the fingerprint of its bundle
 * @param acting how: the spelling of an {@link Acting}
 * @param actionSpace what was chosen from
 * @param qFunctions the names of the Q-functions that values are the mean of
 * @param rows how many rows there are
 * @param scored how many of them got an action
 * @param files every file but the manifest
 * @param provenance what made it
 */
public record DecisionsManifest(
    int specVersion,
    String kind,
    String name,
    String policy,
    Fingerprint policyVersion,
    String acting,
    ActionSpace actionSpace,
    List<String> qFunctions,
    long rows,
    long scored,
    List<ArtefactFile> files,
    Provenance provenance) {
  /** The version of the contract that this build writes. */
  public static final int SPEC_VERSION = 1;

  /** The kind of artefact. */
  public static final String KIND = "decisions";

  /** Copies the lists. */
  public DecisionsManifest {
    qFunctions = List.copyOf(qFunctions);
    files = List.copyOf(files);
  }
}
