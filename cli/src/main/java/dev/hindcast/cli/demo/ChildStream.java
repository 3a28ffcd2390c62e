package dev.hindcast.cli.demo;

import dev.hindcast.core.config.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code hindcast stream run} in a process of its own, as Flink and Spark never share one. */
final class ChildStream implements AutoCloseable {
  private static final int LINES = 12;

  private final Process process;
  private final Path log;

  private ChildStream(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param launcher the {@code hindcast} command
   * @param log takes its words
   */
  static ChildStream start(Path launcher, Path config, Path log) {
    try {
      Process process =
          new ProcessBuilder(launcher.toString(), "stream", "run", "--config", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new ChildStream(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + launcher + ".", e);
    }
  }

  /**
   * Says so when it has ended, which it never should.
   *
   * @throws UserError with its last words
   */
  void requireAlive() {
    if (process.isAlive()) {
      return;
    }
    try {
      List<String> words = Files.readAllLines(log);
      throw new UserError(
          UserError.Kind.INTERRUPTED,
          "The stream has ended, with exit code "
              + process.exitValue()
              + ". Its last words, from "
              + log
              + ":\n  "
              + String.join(
                  "\n  ", words.subList(Math.max(0, words.size() - LINES), words.size())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where its words go. */
  Path log() {
    return log;
  }

  /** Asks it to end, and waits until it has. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
