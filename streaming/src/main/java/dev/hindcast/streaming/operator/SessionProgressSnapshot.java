package dev.hindcast.streaming.operator;

import dev.hindcast.streaming.row.VersionedSnapshot;

/** What a savepoint says of {@link SessionProgress}. */
public final class SessionProgressSnapshot extends VersionedSnapshot<SessionProgress> {
  /** Found by Flink. */
  public SessionProgressSnapshot() {
    super(new SessionProgress.Serializer());
  }
}
