package dev.hindcast.training.tracking;

import dev.hindcast.core.config.ConfigNode;
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
    boolean isWeb = "http".equals(mlflow.getScheme()) || "https".equals(mlflow.getScheme());
    if (!isWeb || mlflow.getHost() == null) {
      throw new IllegalArgumentException(
          "mlflow should be a tracking server's address, such as http://mlflow.internal:5000.");
    }
    if (mlflow.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "mlflow holds a user name or password, which would end up in logs. Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, in the environment instead.");
    }
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
    return section.checked(() -> new Tracking(address(mlflow), experiment));
  }

  /** Not {@link URI#create}, whose message would repeat a password. */
  private static URI address(String text) {
    try {
      return new URI(text);
    } catch (java.net.URISyntaxException e) {
      throw new IllegalArgumentException(
          "mlflow is no address (" + e.getReason() + "); it should be like http://host:5000.", e);
    }
  }
}
