package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Agreement on its synthetic data; that on the bundled logs is in OpenBanditPipelineIT. */
class OpenBanditPipelineTest {
  @Test
  void everyEstimateOfBothIsTheSameOnItsSyntheticData() throws IOException {
    OpenBanditPipeline agreement = new OpenBanditPipeline();
    try (InputStream file = OpenBanditPipeline.open("synthetic.csv")) {
      List<String> lines =
          new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
      assertThat(lines).hasSize(500);
      for (String line : lines) {
        double[] cells =
            Arrays.stream(line.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
        agreement.add(cells[0], cells[1], cells[2], cells[3], cells[4], cells[6] / cells[5]);
      }
    }
    agreement.agreesOn("synthetic", 20);
  }
}
