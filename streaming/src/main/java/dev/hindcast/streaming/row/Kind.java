package dev.hindcast.streaming.row;

import dev.hindcast.ingestion.mapping.ColumnType;

/** What a column of live rows holds; finer than what a mapping asks for, as files tell it apart. */
public enum Kind {
  /** Whole numbers. */
  WHOLE(ColumnType.WHOLE),
  /** Numbers with a fraction. */
  NUMBER(ColumnType.NUMBER),
  /** Numbers with a fraction in 32 bits. */
  SINGLE(ColumnType.NUMBER),
  /** True or false. */
  FLAG(ColumnType.FLAG),
  /** Texts. */
  TEXT(ColumnType.TEXT),
  /** Moments, as microseconds since 1970 in UTC. */
  TIME(ColumnType.TIME),
  /** Lists of whole numbers. */
  WHOLES(ColumnType.WHOLE_LIST),
  /** Lists of numbers. */
  NUMBERS(ColumnType.NUMBER_LIST),
  /** Lists of numbers in 32 bits. */
  SINGLES(ColumnType.NUMBER_LIST),
  /** Lists of true or false. */
  FLAGS(ColumnType.FLAG_LIST);

  private final ColumnType type;

  Kind(ColumnType type) {
    this.type = type;
  }

  /** What a mapping calls it. */
  public ColumnType type() {
    return type;
  }

  /** What each element is, for lists; the kind itself otherwise. */
  public Kind element() {
    return switch (this) {
      case WHOLES -> WHOLE;
      case NUMBERS -> NUMBER;
      case SINGLES -> SINGLE;
      case FLAGS -> FLAG;
      default -> this;
    };
  }
}
