package dev.hindcast.streaming.source;

import dev.hindcast.streaming.row.Arrival;
import java.io.Serializable;

/** How the bytes of one record become a row. */
interface RecordRows extends Serializable {
  /** A row, or a dead letter that says why it is none. */
  Arrival read(byte[] bytes, String origin, long offset);
}
