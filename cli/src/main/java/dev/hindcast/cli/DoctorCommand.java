package dev.hindcast.cli;

import dev.hindcast.cli.spark.SparkStages;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.gbrl.tree.Gpus;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.offlinerl.network.simd.SimdNetworks;
import dev.hindcast.training.learner.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hindcast doctor}: can this machine do it all, and if not, what is missing? */
@Command(
    name = "doctor",
    description =
        "Check that this machine can run everything; says what to do about what is missing.")
final class DoctorCommand extends Verb {
  private static final long ENOUGH_HEAP = 2L << 30;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How to print it (default: text).")
  private OutputFormat output = OutputFormat.TEXT;

  /** One thing looked at. */
  record Finding(String what, boolean good, String words) {}

  @Override
  public Integer call() {
    List<Finding> findings = new ArrayList<>();
    CodeVersion code = CodeVersion.current();
    findings.add(new Finding("hindcast", true, code.version() + ", commit " + code.commit()));
    int feature = Runtime.version().feature();
    findings.add(
        new Finding(
            "java",
            feature == 17,
            System.getProperty("java.runtime.version")
                + (feature == 17 ? "" : ": Spark 3.5 needs 17. Point JAVA_HOME to a JDK 17.")));
    findings.add(heap());
    findings.add(temporaryFolder());
    findings.add(
        tried(
            "spark",
            this::sparkWorks,
            "Start with the launcher ./hindcast or by spark-submit: both open what Spark needs of Java 17."));
    findings.add(
        tried(
            "pytorch",
            DoctorCommand::pytorchWorks,
            "The native libraries are not on the class path. With spark-submit add them: --jars with the files of cli/target/natives."));
    findings.add(
        new Finding(
            "openblas",
            true,
            SimdNetworks.missing()
                .map(reason -> "not loaded, CPUs compute with PyTorch: " + reason)
                .orElse("loaded, CPUs compute with it")));
    Finding xgboost =
        tried(
            "xgboost",
            DoctorCommand::xgboostWorks,
            "Its native library comes with Hindcast; on Linux it needs OpenMP (the package libgomp1).");
    findings.add(xgboost);
    findings.addAll(gpus(() -> xgboost.good() ? Gpus.visible() : 0).findings());
    boolean good = findings.stream().allMatch(Finding::good);
    if (output == OutputFormat.JSON) {
      terminal().result(CanonicalJson.line(findings));
    } else {
      StringBuilder text = new StringBuilder();
      findings.forEach(
          f ->
              text.append(
                  String.format(
                      Locale.ROOT,
                      "%-4s %-10s %s%n",
                      f.good() ? "ok" : "BAD",
                      f.what(),
                      f.words())));
      terminal().result(text + (good ? "Everything is there." : "See the lines marked BAD."));
    }
    return good ? ExitCode.DONE : ExitCode.RESOURCES;
  }

  private static GpuCheck gpus(Supplier<Integer> xgboostGpus) {
    Map<String, String> settings = new TreeMap<>();
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("spark."))
        .forEach(name -> settings.put(name, System.getProperty(name)));
    return new GpuCheck("nvidia-smi", DjlNetworks::gpus, xgboostGpus, System.getenv(), settings);
  }

  private static Finding heap() {
    long heap = Runtime.getRuntime().maxMemory();
    String words =
        String.format(
            Locale.ROOT,
            "%.1f GiB heap, %d cores",
            heap / (double) (1 << 30),
            Runtime.getRuntime().availableProcessors());
    return new Finding(
        "memory",
        heap >= ENOUGH_HEAP * 9 / 10,
        heap >= ENOUGH_HEAP * 9 / 10 ? words : words + ": set HINDCAST_MEMORY=4g.");
  }

  private static Finding temporaryFolder() {
    String folder = System.getProperty("java.io.tmpdir");
    try {
      Path file = Files.createTempFile("hindcast", ".probe");
      long free = Files.getFileStore(file).getUsableSpace();
      Files.delete(file);
      return new Finding(
          "scratch",
          free > 1L << 30,
          String.format(
              Locale.ROOT, "%s writable, %.1f GiB free", folder, free / (double) (1 << 30)));
    } catch (IOException e) {
      return new Finding(
          "scratch",
          false,
          folder + " is not writable (" + e.getMessage() + "). Set -Djava.io.tmpdir or TMPDIR.");
    }
  }

  private String sparkWorks() {
    try (SparkStages stages = stages()) {
      return stages.inWords();
    }
  }

  private static String xgboostWorks() {
    int gpus = Gpus.visible();
    return "loaded, trees grow on CPUs" + (gpus > 0 ? " and on " + gpus + " GPUs" : "");
  }

  private static String pytorchWorks() {
    try (Networks networks = DjlNetworks.on(Device.AUTO)) {
      return networks.inWords();
    }
  }

  /** Any failure at all is the finding here: a missing library shows as an Error. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private static Finding tried(String what, Supplier<String> attempt, String advice) {
    try {
      return new Finding(what, true, attempt.get());
    } catch (RuntimeException | LinkageError e) {
      return new Finding(
          what, false, e.getClass().getSimpleName() + ": " + e.getMessage() + ". " + advice);
    }
  }
}
