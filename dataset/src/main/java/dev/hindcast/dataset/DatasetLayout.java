package dev.hindcast.dataset;

import dev.hindcast.core.data.Split;
import java.util.Locale;

/** Where the files of a dataset lie. */
public final class DatasetLayout {
  private DatasetLayout() {}

  /** The folder of one side of the split. */
  public static String folder(Split.Part part) {
    return "data/" + part.key();
  }

  /** A data file. */
  public static String dataFile(Split.Part part, int number) {
    return String.format(Locale.ROOT, "%s/part-%05d.parquet", folder(part), number);
  }

  /** A file of rows that were set aside. */
  public static String quarantineFile(int number) {
    return String.format(Locale.ROOT, "quarantine/part-%05d.parquet", number);
  }
}
