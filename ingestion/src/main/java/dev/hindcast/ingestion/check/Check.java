package dev.hindcast.ingestion.check;

/** A rule that the rows of a log must keep. */
public sealed interface Check permits MappingCheck, EventCheck, EpisodeCheck {
  /** Its name in configs, counts and quarantine files, in kebab-case. */
  String name();

  /** What breaks it, in one line. */
  String description();

  /** What happens to rows that break it when a config says nothing. */
  default Treatments.Treatment treatment() {
    return Treatments.DEFAULT;
  }

  /** Whether rows that break it can be used all the same. */
  default boolean canBeKept() {
    return false;
  }
}
