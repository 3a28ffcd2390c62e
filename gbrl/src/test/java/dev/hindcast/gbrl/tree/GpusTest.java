package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ml.dmlc.xgboost4j.java.XGBoostJNI;
import org.junit.jupiter.api.Test;

class GpusTest {
  @Test
  void buildForCpusSeesNone() {
    assertThat(Gpus.visible()).isZero();
    assertThat(LiveHandles.count()).isZero();
    String[] settings = new String[1];
    assertThat(XGBoostJNI.XGBGetGlobalConfig(settings)).isZero();
    assertThat(settings[0])
        .as("as it was before the library was asked")
        .contains("\"verbosity\":1");
  }

  @Test
  void refusalOfAGpuBeyondAllSaysHowManyThereAre() {
    // as src/context.cc of the library words it
    assertThat(
            Gpus.count(
                "[04:12:55] /workspace/src/context.cc:53: Check failed: device.IsCPU() ||"
                    + " device.ordinal < n_visible: Only 2 GPUs are visible, ordinal 9999 is"
                    + " invalid.\nStack trace: ..."))
        .isEqualTo(2);
    assertThat(Gpus.count("")).isZero();
    assertThat(Gpus.count("Invalid device ordinal.")).isZero();
  }

  @Test
  void growingOnAGpuThatIsNotThereIsRefused() {
    try (Ensemble ensemble =
        Ensemble.empty(Rows.FEATURES, Output.numbered("o", 1), Growth.DEFAULT, 0, 1)) {
      assertThatThrownBy(() -> ensemble.growOn(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Trees cannot grow on GPU 0: XGBoost sees 0.");
    }
  }
}
