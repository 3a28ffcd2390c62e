package dev.hindcast.ingestion.spark;

import dev.hindcast.core.config.UserError;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a Spark job fails with, in words for people where it is theirs to put right. */
final class SparkTrouble {
  private static final Pattern READING =
      Pattern.compile("Encountered error while reading file (\\S+?)[.:]? ");

  private SparkTrouble() {}

  static <T> T explained(Supplier<T> job) {
    try {
      return job.get();
    } catch (UserError e) {
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions that its methods do not declare
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof UserError mistake) {
          throw mistake;
        }
        Matcher file = READING.matcher(String.valueOf(cause.getMessage()) + " ");
        if (file.find()) {
          throw new UserError(
              UserError.Kind.DATA,
              "Cannot read "
                  + file.group(1)
                  + ": it is damaged, or its columns differ from those of the other files.",
              e);
        }
      }
      if (e instanceof RuntimeException runtime) {
        throw runtime;
      }
      throw new IllegalStateException("A Spark job failed: " + e.getMessage(), e);
    }
  }
}
