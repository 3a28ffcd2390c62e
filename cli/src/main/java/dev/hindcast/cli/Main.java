package dev.hindcast.cli;

import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.storage.Storage;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code hindcast} command: log in, evaluated policy out. */
@Command(
    name = "hindcast",
    description =
        "Log in, evaluated policy out: Spark ingests, learners train, off-policy evaluation judges.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "First time here? Run: hindcast quickstart",
      "Exit codes: 0 done, 1 a fault of ours, 2 usage or config, 3 the data broke its contract, 4 the gate said no,",
      "5 input missing, 6 conflict, 7 resources, 8 interrupted (resumable), 9 refused for security."
    },
    subcommands = {
      QuickstartCommand.class,
      IngestCommand.class,
      ImportCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      ScoreCommand.class,
      PromoteCommand.class,
      RollbackCommand.class,
      HistoryCommand.class,
      DiffCommand.class,
      ServeCommand.class,
      DemoCommand.class,
      StreamCommand.class,
      InspectCommand.class,
      CompareCommand.class,
      ValidateCommand.class,
      DoctorCommand.class,
      ListCommand.class
    })
public final class Main implements Runnable {
  private static final String SPARK_HADOOP = "spark.hadoop.";

  /** Whether the process has been told to stop: what fails from then on fails because of that. */
  private static volatile boolean stopping;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private Main() {}

  /** Runs one verb and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopping = true, "stopping"));
    storageSettings().apply();
    int exitCode =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    System.out.flush();
    // under spark-submit a plain 0 must not cut the driver's own shutdown short
    if (exitCode != 0 || System.getProperty("hindcast.home") != null) {
      System.exit(exitCode);
    }
  }

  /**
   * What {@code spark-submit --conf spark.hadoop.*} says of file systems, for our own reading and
   * writing.
   */
  private static Storage.Settings storageSettings() {
    Map<String, String> settings = new TreeMap<>();
    for (String key : System.getProperties().stringPropertyNames()) {
      if (key.startsWith(SPARK_HADOOP)) {
        settings.put(key.substring(SPARK_HADOOP.length()), System.getProperty(key));
      }
    }
    return new Storage.Settings(settings);
  }

  /** Runs one verb and gives its exit code; what tests call. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionExceptionHandler(
        (exception, command, result) -> explain(exception, err));
    return commandLine.execute(arguments);
  }

  /** A person's mistake in one message; a fault of ours with its trace. */
  private static int explain(Throwable exception, PrintWriter err) {
    if (stopping) {
      return ExitCode.INTERRUPTED;
    }
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserError mistake) {
        err.println(mistake.getMessage());
        err.flush();
        return ExitCode.of(mistake.kind());
      }
      if (cause instanceof OutOfMemoryError) {
        err.println(
            "Ran out of memory ("
                + cause.getMessage()
                + "). Give it more: HINDCAST_MEMORY=8g with the launcher, --driver-memory"
                + " and --executor-memory with spark-submit.");
        err.flush();
        return ExitCode.RESOURCES;
      }
    }
    err.println(
        "This is a fault of Hindcast, not yours. Please report it with the lines below and the version "
            + version()
            + ".");
    exception.printStackTrace(err);
    err.flush();
    return ExitCode.FAULT;
  }

  private static String version() {
    CodeVersion code = CodeVersion.current();
    return code.version() + " (" + code.commit() + ")";
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Which verb? See the list above, or run: hindcast quickstart");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"hindcast " + version()};
    }
  }
}
