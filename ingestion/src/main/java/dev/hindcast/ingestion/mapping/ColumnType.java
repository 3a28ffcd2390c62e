package dev.hindcast.ingestion.mapping;

/** What a column of a log holds. */
public enum ColumnType {
  /** Whole numbers of any width. */
  WHOLE("whole numbers"),
  /** Numbers with a fraction. */
  NUMBER("numbers"),
  /** True or false. */
  FLAG("true or false"),
  /** Texts. */
  TEXT("texts"),
  /** Moments or days; rows give them as microseconds. */
  TIME("times"),
  /** Lists of whole numbers. */
  WHOLE_LIST("lists of whole numbers"),
  /** Lists of numbers. */
  NUMBER_LIST("lists of numbers"),
  /** Lists of true or false. */
  FLAG_LIST("lists of true or false"),
  /** Anything else. */
  OTHER("values of another type");

  private final String words;

  ColumnType(String words) {
    this.words = words;
  }

  /** The type in words: "lists of numbers". */
  public String inWords() {
    return words;
  }

  /** Whether each value is a list. */
  public boolean isList() {
    return this == WHOLE_LIST || this == NUMBER_LIST || this == FLAG_LIST;
  }
}
