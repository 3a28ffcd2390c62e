package dev.hindcast.ingestion.spark.source;

import java.util.List;
import java.util.Optional;

/** The catalogue of formats that logs come in. */
public final class Sources {
  private static final List<Source> ALL =
      List.of(new ParquetSource(), new CsvSource(), new JsonSource(), new OpenBanditSource());

  private Sources() {}

  /** Every source. */
  public static List<Source> all() {
    return ALL;
  }

  /** Their names. */
  public static List<String> names() {
    return ALL.stream().map(Source::name).toList();
  }

  /** The source of a name. */
  public static Optional<Source> find(String name) {
    return ALL.stream().filter(source -> source.name().equals(name)).findFirst();
  }
}
