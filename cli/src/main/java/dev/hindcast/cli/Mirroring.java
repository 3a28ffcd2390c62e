package dev.hindcast.cli;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.mlflow.MlflowApi;
import dev.hindcast.serving.mirror.MlflowMirror;
import dev.hindcast.serving.registry.RegisteredPolicy;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option of every verb that moves an alias: where else the registry is shown. */
final class Mirroring {
  @Option(
      names = "--mlflow",
      paramLabel = "URL",
      description =
          "Show the registry's state in the model registry of this MLflow server too. That it cannot is said, and changes nothing else. Credentials: MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.")
  private Optional<String> mlflow = Optional.empty();

  /** The server's address; a wrong one is found before anything is moved. */
  Optional<URI> server() {
    try {
      return mlflow.map(MlflowApi::address);
    } catch (IllegalArgumentException e) {
      throw new UserError(UserError.Kind.USAGE, "Cannot use --mlflow: " + e.getMessage(), e);
    }
  }

  /** Brings the mirror up to date, if there is one. */
  static void show(Optional<URI> server, RegisteredPolicy policy, Terminal terminal) {
    if (server.isEmpty()) {
      return;
    }
    try {
      new MlflowMirror(server.get(), System.getenv()).update(policy);
    } catch (IOException e) {
      warn(terminal, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      warn(terminal, "interrupted");
    }
  }

  private static void warn(Terminal terminal, String why) {
    terminal.progress(
        "warning: MLflow does not show this yet: "
            + why
            + ". The registry has it; the next promotion or rollback, or this one repeated, shows all of it.");
  }
}
