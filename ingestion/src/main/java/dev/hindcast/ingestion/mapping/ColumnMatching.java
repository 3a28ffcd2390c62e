package dev.hindcast.ingestion.mapping;

import static dev.hindcast.ingestion.mapping.ColumnType.FLAG_LIST;
import static dev.hindcast.ingestion.mapping.ColumnType.NUMBER_LIST;
import static dev.hindcast.ingestion.mapping.ColumnType.TEXT;
import static dev.hindcast.ingestion.mapping.ColumnType.TIME;
import static dev.hindcast.ingestion.mapping.ColumnType.WHOLE;
import static dev.hindcast.ingestion.mapping.ColumnType.WHOLE_LIST;

import dev.hindcast.core.config.DidYouMean;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Looks the columns of a mapping up in a log, and notes what is missing or of the wrong type. */
final class ColumnMatching {
  /**
   * What a column may hold.
   *
   * @param types the types
   * @param words what is needed, for messages
   */
  record Need(Set<ColumnType> types, String words) {}

  static final Need KEY =
      new Need(EnumSet.of(WHOLE, TEXT, ColumnType.NUMBER), "whole numbers or texts");
  static final Need STEP = new Need(EnumSet.of(WHOLE), "whole numbers");
  static final Need ORDER = new Need(EnumSet.of(WHOLE, TIME), "whole numbers or times");
  static final Need NUMERIC =
      new Need(
          EnumSet.of(WHOLE, ColumnType.NUMBER, ColumnType.FLAG, WHOLE_LIST, NUMBER_LIST, FLAG_LIST),
          "numbers or lists of numbers");
  static final Need CATEGORY =
      new Need(
          EnumSet.of(WHOLE, TEXT, ColumnType.FLAG, ColumnType.NUMBER), "whole numbers or texts");
  static final Need LABEL =
      new Need(
          EnumSet.of(WHOLE, TEXT, ColumnType.FLAG, ColumnType.NUMBER, TIME),
          "whole numbers, texts or times");
  static final Need ACTION = new Need(EnumSet.of(WHOLE), "whole numbers");
  static final Need MASK =
      new Need(
          EnumSet.of(WHOLE_LIST, FLAG_LIST), "lists of admissible actions or of true and false");
  static final Need NUMBER =
      new Need(EnumSet.of(WHOLE, ColumnType.NUMBER, ColumnType.FLAG), "numbers");
  static final Need FLAG =
      new Need(EnumSet.of(ColumnType.FLAG, WHOLE), "true or false, or 0 and 1");

  private final LogSchema schema;
  private final List<String> problems;
  private final LinkedHashSet<String> columns = new LinkedHashSet<>();

  ColumnMatching(LogSchema schema, List<String> problems) {
    this.schema = schema;
    this.problems = problems;
  }

  List<String> columns() {
    return List.copyOf(columns);
  }

  List<ColumnType> types() {
    return columns.stream().map(name -> schema.columns().get(name)).toList();
  }

  int optional(Optional<Column> column, Need need) {
    return column.map(c -> one(c, need)).orElse(ResolvedMapping.NONE);
  }

  int one(Column column, Need need) {
    ColumnType type = schema.columns().get(column.name());
    if (type == null) {
      problem(
          column,
          "the log has no column "
              + column.name()
              + "."
              + DidYouMean.hint(column.name(), schema.columns().keySet()));
      return ResolvedMapping.NONE;
    }
    return typed(column, column.name(), type, need);
  }

  List<Integer> each(List<Column> names, Need need) {
    return names.stream().map(column -> one(column, need)).toList();
  }

  /** Names and patterns, each column once, patterns in the log's order. */
  List<Integer> all(List<Column> patterns, Need need) {
    LinkedHashSet<Integer> places = new LinkedHashSet<>();
    for (Column pattern : patterns) {
      if (!pattern.name().contains("*") && !pattern.name().contains("?")) {
        places.add(one(pattern, need));
        continue;
      }
      Pattern regex = glob(pattern.name());
      List<String> matches =
          schema.columns().keySet().stream()
              .filter(name -> regex.matcher(name).matches() && !LogSchema.OWN.contains(name))
              .toList();
      if (matches.isEmpty()) {
        problem(
            pattern,
            "no column of the log looks like "
                + pattern.name()
                + "."
                + DidYouMean.hint(pattern.name(), schema.columns().keySet()));
        places.add(ResolvedMapping.NONE);
      }
      for (String match : matches) {
        places.add(typed(pattern, match, schema.columns().get(match), need));
      }
    }
    return new ArrayList<>(places);
  }

  /** What is seen after an action must be of the same shape as what is seen before one. */
  void sameShape(List<Column> config, List<Integer> before, List<Integer> after, String what) {
    if (before.contains(ResolvedMapping.NONE) || after.contains(ResolvedMapping.NONE)) {
      return;
    }
    String where = config.isEmpty() ? "ingest.next-observation" : config.get(0).where();
    if (before.size() != after.size()) {
      problems.add(
          where
              + ": names "
              + after.size()
              + " "
              + what
              + " columns, but the observation has "
              + before.size()
              + ". They must be the same fields in the same order.");
      return;
    }
    List<ColumnType> types = types();
    for (int i = 0; i < before.size(); i++) {
      if (types.get(before.get(i)).isList() != types.get(after.get(i)).isList()) {
        problems.add(
            where
                + ": column "
                + columns().get(after.get(i))
                + " holds "
                + types.get(after.get(i)).inWords()
                + ", but "
                + columns().get(before.get(i))
                + " holds "
                + types.get(before.get(i)).inWords()
                + ".");
      }
    }
  }

  private int typed(Column column, String name, ColumnType type, Need need) {
    if (!need.types().contains(type)) {
      problem(
          column,
          "column " + name + " holds " + type.inWords() + ", but " + need.words() + " are needed.");
      return ResolvedMapping.NONE;
    }
    columns.add(name);
    return new ArrayList<>(columns).indexOf(name);
  }

  private void problem(Column column, String words) {
    String sentence = column.where() + ": " + words;
    if (!problems.contains(sentence)) {
      problems.add(sentence);
    }
  }

  private static Pattern glob(String text) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.compile(regex.toString());
  }
}
