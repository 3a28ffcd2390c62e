package dev.hindcast.dataset.columns;

import dev.hindcast.core.config.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;

/** What goes wrong when a Parquet file is read, in words for people. */
final class ParquetTrouble {
  private ParquetTrouble() {}

  interface Reading<T> {
    T run() throws IOException;
  }

  /** Parquet's reader fails on damaged files with exceptions of many types: all mean the same. */
  static <T> T explained(String path, Reading<T> reading) {
    try {
      return reading.run();
    } catch (UserError e) {
      throw e;
    } catch (FileNotFoundException e) {
      throw new UserError(
          UserError.Kind.INPUT_MISSING, "Cannot read " + path + ": there is no such file.", e);
    } catch (IOException | RuntimeException e) {
      throw new UserError(
          UserError.Kind.DATA,
          "Cannot read "
              + path
              + ": it is not a whole Parquet file ("
              + reason(e)
              + "). It may have been cut off or altered: copy or write it again.",
          e);
    }
  }

  private static String reason(Throwable trouble) {
    Throwable deepest = trouble;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    if (message == null) {
      return deepest.getClass().getSimpleName();
    }
    return message.lines().findFirst().orElse("").replaceFirst("[.\\s]+$", "");
  }
}
