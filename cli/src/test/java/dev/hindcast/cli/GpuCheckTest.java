package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuCheckTest {
  private static final String SCRIPT = "spark.executor.resource.gpu.discoveryScript";
  private static final String AMOUNT = "spark.executor.resource.gpu.amount";

  @TempDir private Path folder;

  @Test
  void machineWithoutGpuIsFine() {
    assertThat(new GpuCheck("no-such-command", () -> 0, () -> 0, Map.of(), Map.of()).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.good()).isTrue();
              assertThat(finding.words())
                  .contains("trials train on CPUs", "no-such-command lists no GPU");
            });
  }

  @Test
  void gpuThatPytorchDoesNotSeeSaysWhatIsMissing() throws IOException {
    String driver = program("driver", "echo '0, NVIDIA A10'");
    assertThat(one(new GpuCheck(driver, () -> 0, () -> 0, Map.of(), Map.of())))
        .contains("1 by the driver (0, NVIDIA A10), none by PyTorch", "PYTORCH_LIBRARY_PATH");
    Map<String, String> set = Map.of("PYTORCH_LIBRARY_PATH", folder.toString());
    GpuCheck without = new GpuCheck(driver, () -> 0, () -> 0, set, Map.of());
    assertThat(one(without)).contains("there is no libtorch_cuda.so");
    assertThat(without.findings().get(0).good()).isFalse();
    Files.createFile(folder.resolve("libtorch_cuda.so"));
    assertThat(one(without)).contains("driver 570 or newer");
    assertThat(one(new GpuCheck(driver, () -> 1, () -> 0, set, Map.of())))
        .isEqualTo("1 for PyTorch: 0, NVIDIA A10");
  }

  @Test
  void gpuThatXgboostDoesNotSeeSaysHowItWould() throws IOException {
    String driver = program("driver", "echo '0, NVIDIA A10'");
    assertThat(new GpuCheck(driver, () -> 0, () -> 0, Map.of(), Map.of()).findings().get(1))
        .satisfies(
            finding -> {
              assertThat(finding.what()).isEqualTo("gpu-trees");
              assertThat(finding.good()).as("CPUs grow them too").isTrue();
              assertThat(finding.words())
                  .contains("none by XGBoost", "xgboost4j-spark-gpu", "gpu-executors.md");
            });
    assertThat(new GpuCheck(driver, () -> 0, () -> 2, Map.of(), Map.of()).findings().get(1).words())
        .isEqualTo("2 for XGBoost: trees can grow there");
  }

  @Test
  void discoveryScriptIsRunAndJudgedByWhatItPrints() throws IOException {
    assertThat(script(Map.of(AMOUNT, "1"))).contains("is set without " + SCRIPT);
    assertThat(script(Map.of(SCRIPT, folder.resolve("none").toString()))).contains("chmod +x");
    String none = program("none-found", "echo '{\"name\": \"gpu\", \"addresses\": []}'");
    assertThat(script(Map.of(SCRIPT, none))).contains("finds no GPU on this machine");
    String odd = program("odd", "echo two");
    assertThat(script(Map.of(SCRIPT, odd))).contains("should print", "but prints: two");
    String two = program("two", "echo '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'");
    assertThat(script(Map.of(SCRIPT, two))).endsWith("finds 2");
  }

  /** The script of this project, with a driver that lists what it is told to. */
  @Test
  void ownDiscoveryScriptPrintsWhatSparkReads() throws Exception {
    program("nvidia-smi", "printf '0\\n1\\n'");
    ProcessBuilder builder =
        new ProcessBuilder(Path.of("../bin/find-gpus").toAbsolutePath().toString());
    builder.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
    assertThat(
            new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip())
        .isEqualTo("{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}");
  }

  private static String one(GpuCheck check) {
    return check.findings().get(0).words();
  }

  private static String script(Map<String, String> settings) {
    return new GpuCheck("no-such-command", () -> 0, () -> 0, Map.of(), settings)
        .findings()
        .get(1)
        .words();
  }

  private String program(String name, String line) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file.toString();
  }
}
