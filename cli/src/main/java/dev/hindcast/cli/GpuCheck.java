package dev.hindcast.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What stands between this machine and training on its GPUs, in words: driver, CUDA build of
 * PyTorch and of XGBoost, Spark's discovery script.
 *
 * @param driver the command that lists GPUs
 * @param pytorchGpus how many GPUs PyTorch finds
 * @param xgboostGpus how many GPUs XGBoost finds
 * @param environment variables
 * @param settings system properties, among them Spark's
 */
record GpuCheck(
    String driver,
    Supplier<Integer> pytorchGpus,
    Supplier<Integer> xgboostGpus,
    Map<String, String> environment,
    Map<String, String> settings) {
  private static final String LIBRARY = "PYTORCH_LIBRARY_PATH";
  private static final String SCRIPT = "spark.executor.resource.gpu.discoveryScript";
  private static final String AMOUNT = "spark.executor.resource.gpu.amount";

  /** The findings; only what was set up and does not work is bad: CPUs do without all of it. */
  List<DoctorCommand.Finding> findings() {
    List<DoctorCommand.Finding> findings = new ArrayList<>();
    List<String> listed =
        output(List.of(driver, "--query-gpu=index,name", "--format=csv,noheader"));
    int found = pytorchGpus.get();
    findings.add(gpu(listed, found));
    int forTrees = xgboostGpus.get();
    if (!listed.isEmpty() || forTrees > 0) {
      findings.add(trees(listed, forTrees));
    }
    if (settings.containsKey(SCRIPT) || settings.containsKey(AMOUNT)) {
      findings.add(script(settings.getOrDefault(SCRIPT, "")));
    }
    return findings;
  }

  private DoctorCommand.Finding gpu(List<String> listed, int found) {
    String library = environment.getOrDefault(LIBRARY, "");
    boolean isSetUp = !library.isEmpty();
    if (found > 0) {
      return new DoctorCommand.Finding(
          "gpu", true, found + " for PyTorch" + (listed.isEmpty() ? "" : ": " + listed.get(0)));
    }
    if (listed.isEmpty()) {
      return new DoctorCommand.Finding(
          "gpu",
          !isSetUp,
          "none, trials train on CPUs: "
              + driver
              + " lists no GPU, so there is none here, or its driver is missing"
              + (isSetUp ? ", although " + LIBRARY + " is set to " + library : "")
              + ".");
    }
    String there = listed.size() + " by the driver (" + listed.get(0) + "), none by PyTorch: ";
    if (!isSetUp) {
      return new DoctorCommand.Finding(
          "gpu",
          true,
          there
              + "the CPU build that comes with Hindcast is loaded. To train on it point "
              + LIBRARY
              + " to the lib folder of torch 2.7.1 with CUDA 12.8.");
    }
    boolean hasCuda = Files.exists(Path.of(library, "libtorch_cuda.so"));
    return new DoctorCommand.Finding(
        "gpu",
        false,
        there
            + (hasCuda
                ? "the CUDA build in "
                    + library
                    + " does not start. Its CUDA 12.8 needs driver 570 or newer."
                : LIBRARY
                    + " is set to "
                    + library
                    + ", where there is no libtorch_cuda.so. Point it to the lib folder of torch 2.7.1 with CUDA 12.8."));
  }

  private static DoctorCommand.Finding trees(List<String> listed, int found) {
    return new DoctorCommand.Finding(
        "gpu-trees",
        true,
        found > 0
            ? found + " for XGBoost: trees can grow there"
            : listed.size()
                + " by the driver, none by XGBoost: the CPU build that comes with Hindcast is"
                + " loaded, and trees grow on CPUs. To grow them there put xgboost4j-spark-gpu in"
                + " its place, see docs/guide/gpu-executors.md.");
  }

  private static DoctorCommand.Finding script(String path) {
    String what = "gpu-script";
    if (path.isEmpty()) {
      return new DoctorCommand.Finding(
          what,
          false,
          AMOUNT
              + " is set without "
              + SCRIPT
              + ". Set that to the path of bin/find-gpus on the executors.");
    }
    if (!Files.isExecutable(Path.of(path))) {
      return new DoctorCommand.Finding(
          what,
          false,
          path + " is not there or cannot be executed (chmod +x). " + SCRIPT + " names it.");
    }
    String said = String.join("\n", output(List.of(path)));
    try {
      JsonNode json = CanonicalJson.tree(said.getBytes(StandardCharsets.UTF_8));
      int addresses = json.path("addresses").size();
      boolean good = json.path("name").asText().equals("gpu") && addresses > 0;
      return new DoctorCommand.Finding(
          what,
          good,
          good
              ? path + " finds " + addresses
              : path
                  + " finds no GPU on this machine ("
                  + said
                  + "); executors here would get none.");
    } catch (IllegalArgumentException e) {
      return new DoctorCommand.Finding(
          what,
          false,
          path + " should print {\"name\": \"gpu\", \"addresses\": [\"0\"]}, but prints: " + said);
    }
  }

  /** The lines a command prints; none when it cannot be run or fails. */
  private static List<String> output(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroy();
        return List.of();
      }
      return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
