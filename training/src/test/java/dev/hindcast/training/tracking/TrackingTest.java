package dev.hindcast.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrackingTest {
  @Test
  void everyKeyIsReadAndTheExperimentIsNamedLikeThePipeline() {
    assertThat(read("{tracking: {mlflow: 'http://host:5000/', experiment: beds}}"))
        .contains(new Tracking(URI.create("http://host:5000/"), "beds"));
    assertThat(read("{tracking: {mlflow: 'https://host/mlflow'}}"))
        .contains(new Tracking(URI.create("https://host/mlflow"), "sepsis"));
    assertThat(read("{seeds: 1}")).isEmpty();
  }

  @Test
  void addressesThatAreNoneAreRefused() {
    assertThatThrownBy(() -> read("{tracking: {mlflow: databricks}}"))
        .hasMessageContaining("mlflow should be a tracking server's address");
    assertThatThrownBy(() -> read("{tracking: {experiment: beds}}"))
        .hasMessageContaining("tracking.mlflow is missing");
  }

  @Test
  void credentialsInTheAddressAreRefusedAndNotRepeated() {
    for (String address : List.of("http://ann:s3cret@host:5000", "http://ann:s3cret@ho st")) {
      assertThatThrownBy(() -> read("{tracking: {mlflow: '" + address + "'}}"))
          .hasMessageContaining("mlflow")
          .hasMessageNotContaining("s3cret");
    }
    assertThatThrownBy(() -> read("{tracking: {mlflow: 'http://ann:s3cret@host:5000'}}"))
        .hasMessageContaining("MLFLOW_TRACKING_TOKEN, in the environment");
  }

  private static Optional<Tracking> read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", Path.of("."), yaml, List.of());
    document.root().at("seeds");
    Optional<Tracking> tracking = Tracking.from(document.root().section("tracking"), "sepsis");
    document.finish();
    return tracking;
  }
}
