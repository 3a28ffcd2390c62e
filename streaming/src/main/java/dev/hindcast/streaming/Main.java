package dev.hindcast.streaming;

import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.config.UserError;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.flink.util.SerializedThrowable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The verb {@code stream}: the part of the {@code hindcast} command that needs Flink, which is in
 * no class path with Spark. The launcher comes here by itself; {@code flink run} takes this class
 * from the jar.
 */
@Command(
    name = "hindcast stream",
    description =
        "Live events become the transitions that batch would have made of them, on Flink.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "VERB",
    subcommands = {RunCommand.class, CheckCommand.class})
public final class Main implements Runnable {
  /** Whether the process has been told to stop: what fails from then on fails because of that. */
  private static volatile boolean stopping;

  @Spec private CommandSpec spec;

  private Main() {}

  /** Runs one verb and ends the process with its exit code. */
  public static void main(String[] arguments) {
    boolean isOurs = System.getProperty("hindcast.home") != null;
    if (isOurs) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stopping = true, "stopping"));
    }
    int exitCode =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    System.out.flush();
    // under flink run a plain 0 must not cut the client's own ending short
    if (exitCode != 0 || isOurs) {
      System.exit(exitCode);
    }
  }

  /** Runs one verb and gives its exit code; what tests call. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionExceptionHandler(
        (exception, command, result) -> explain(exception, err));
    return commandLine.execute(arguments);
  }

  /** A person's mistake in one message; a fault of ours with its trace. */
  private static int explain(Throwable exception, PrintWriter err) {
    if (stopping) {
      return UserError.Kind.INTERRUPTED.exitCode();
    }
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof SerializedThrowable elsewhere) { // on a cluster's machine
        cause = elsewhere.deserializeError(Main.class.getClassLoader());
      }
      if (cause instanceof UserError mistake) {
        err.println(mistake.getMessage());
        err.flush();
        return mistake.kind().exitCode();
      }
    }
    err.println("The stream failed. If the lines below are no help to you, please report them.");
    exception.printStackTrace(err);
    err.flush();
    return 1;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Which verb? run: reads events until they end or you stop it");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      CodeVersion code = CodeVersion.current();
      return new String[] {"hindcast " + code.version() + " (" + code.commit() + ")"};
    }
  }
}
