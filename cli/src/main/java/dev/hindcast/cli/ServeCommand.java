package dev.hindcast.cli;

import dev.hindcast.serving.http.ScoringServer;
import dev.hindcast.serving.http.ServeConfig;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code hindcast serve}: a policy decides for whoever asks, until somebody stops it. */
@Command(
    name = "serve",
    description = {
      "Let a policy decide over HTTP, and log every decision as a stream reads it.",
      "With a registry it follows the version in force. Ends when it is stopped; then the log is complete."
    })
final class ServeCommand extends Verb {
  @Mixin private ConfigOptions options;

  @Override
  public Integer call() throws InterruptedException {
    ServeConfig config = options.read(ServeConfig::from);
    ScoringServer server = ScoringServer.start(config, Wiring.bundles(), terminal()::step);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "serving-ends"));
    InetSocketAddress address = server.address();
    terminal()
        .result(
            "Serving "
                + server.served().inWords()
                + " on http://"
                + address.getHostString()
                + ":"
                + address.getPort());
    new CountDownLatch(1).await(); // until the process is told to stop
    return ExitCode.DONE;
  }
}
