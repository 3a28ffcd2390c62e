package dev.hindcast.streaming.operator;

import dev.hindcast.streaming.row.VersionedSnapshot;

/** What a savepoint says of {@link Awaiting}. */
public final class AwaitingSnapshot extends VersionedSnapshot<Awaiting> {
  /** Found by Flink. */
  public AwaitingSnapshot() {
    super(new Awaiting.Serializer());
  }
}
