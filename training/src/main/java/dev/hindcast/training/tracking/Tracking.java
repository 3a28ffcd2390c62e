package dev.hindcast.training.tracking;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.mlflow.MlflowApi;
import java.net.URI;
import java.util.Optional;

/**
 * The {@code train.tracking} section: where runs are recorded. It does not enter any artefact,
 * since it changes no result.
 *
 * @param mlflow the tracking server's address, http or https, without credentials: those come from
 *     the environment
 * @param experiment the experiment's name on that server
 */
public record Tracking(URI mlflow, String experiment) {
  /** Checks the address. */
  public Tracking {
    MlflowApi.requireServer(mlflow);
    if (experiment.isBlank()) {
      throw new IllegalArgumentException("experiment is empty: name one, or leave the key out.");
    }
  }

  /**
   * Reads the section if there is one; mistakes become problems of the document.
   *
   * @param pipeline what the experiment is called when the section does not say
   */
  public static Optional<Tracking> from(ConfigNode section, String pipeline) {
    if (!section.isPresent()) {
      return Optional.empty();
    }
    String mlflow = section.at("mlflow").text();
    String experiment = section.at("experiment").optionalText().orElse(pipeline);
    if (mlflow.isEmpty()) {
      return Optional.empty();
    }
    return section.checked(() -> new Tracking(MlflowApi.address(mlflow), experiment));
  }
}
