package dev.hindcast.ingestion.check;

import dev.hindcast.ingestion.mapping.UnmappedRow.Trouble;
import java.util.Locale;

/**
 * A rule that a row must keep to become an event at all.
 *
 * @param trouble what the mapper says when it is broken
 * @param description what breaks it
 */
public record MappingCheck(Trouble trouble, String description) implements Check {
  @Override
  public String name() {
    return trouble.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
